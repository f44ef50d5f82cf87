"""Given names by which an account's name is told for a person's. Frozen data of our own: frequent names by region."""

from typing import Final

from resolution.normalise.nicknames import NICKNAMES

FREQUENT: Final = """
aaron adele adrian agnes aidan alan alana alice alicia alina allan alma alyssa amber amelia amir amy anastasia angus
anita annika antonia april ariana arne arthur ashley astrid audrey aurora austin ava axel
beatrice bella bengt bernd bertil bianca birgit birgitta bjorn bo bonnie brandon brenda brent brigitte britta bruce
bruno camilla carina carla carmen carolina cecilia celia chantal chelsea cheryl chloe christer ciara claire clara claude
claudia clive colin connor corinne cornelia courtney craig curtis
dagmar dale damian daniela darren david dean deborah debra delphine denise dennis derek diana diane diego dieter dmitri
dolores dominic dominik donald donna doris dorothea douglas duncan dylan
eberhard edith eduardo egon eileen einar elaine elena eleonora elin elisa elke ellen elsa else emil emilia emma emmanuel
enrico enrique erica erich erik erika ernst espen esther ethan eugene eva evelyn
fabian fabio fatima federico felicia felix fernando fiona florence florian frances francesca francois frank freya
friedrich fredrik
gabriel gabriela gareth gary gemma georg gerald gerd gerhard gina gisela giulia glenn gloria gordon graham greta guido
gunilla gunnar gustav guy
hakan hannelore hans harald harry hassan heather hector hedwig heidi heike heinrich heinz helen helena helga helge
helmut henning henrik herbert herman hilde hildegard holger holly horst howard hugo
ian ida ignacio igor ilse ines inga ingrid irene irina iris isaac isabel isabella ivo ivonne
jacqueline jade jake janet janina janine jared jasmine jason javier jeanette jelena jennifer jeremy jerome jill joachim
joan joanna jocelyn joel johanna jordan jorge jorgen jose josefine joyce juliette jurgen jutta
kai karim karina karl karsten katja kelly kerstin kirk kjell klara klaus knut konrad kurt kyle
lara laurence lea leif leila lena leonie leopold liam lidia linda line lisa liv logan lorna lorraine louisa ludovic luis
lydia lynn
mads magnus maike malin malte manfred manuel manuela marcel marcelo margit marianne marina mario marion marlene marta
martha martin martina marvin mathias mats matthias maurice maximilian maya megan mehmet melanie melissa mercedes
michaela michel miguel mikael mila milan miriam mohamed mohammed monica monika morgan morten muhammad murat
nadia nadine nadja naomi natalia natasha neil nicolas niels nils nina noah noel nora norman
odd olaf olav ole olga oliver olivia omar oscar oskar otto ove owen
pablo paola pascal patricia paul paula pedro peer pelle penelope per petra philippe phyllis pierre pilar priya
rachel rafael rahul rainer ralf ralph ramon raquel rebecca regina reinhard renate renee ricardo rikard rita robin
rodrigo roger roland rolf roman ronja rosa rosemary roy ruben rune rupert ruth ryan
sabine sabrina sanjay sara sarah scott sean selina selma sergio sergey shane shannon sharon shaun sheila silke silvia
simone sinead sofia sofie sonia sonja soren spencer stacy stefanie stella sten stig stuart susana suzanne sven svenja
svetlana sylvia
tamara tania tanja tara tatiana tessa thea therese thorsten tina tobias tomas tomasz tommy tore torsten tracy trevor
trond tyler
ulf ulrich ulrike ursula ute uwe
valentina valeria vanessa vera vernon veronica veronika victoria viktor viktoria vincent viola virginia vivian vladimir
waltraud wanda wayne wendy werner wilma wolfgang
xavier yasmin yolanda yusuf yvette yvonne zara zoe
"""

GIVEN_NAMES: Final = frozenset(
    {*FREQUENT.split(), *NICKNAMES, *(name for names in NICKNAMES.values() for name in names)}
)
"""Folded to small letters without marks, as `person_text` folds them."""
