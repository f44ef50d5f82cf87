"""The whole flow, one line a stage: records in, entities, graph, figures, models, scores, published in one flip.

Killed anywhere and run again it ends in the same graph (by `dealgraph check digest`): each stage writes under its run,
and is done again unless it finished. Run twice it does nothing the second time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.jobs.models import basis_of, left_out, scored
from api.jobs.own import prepare_own
from api.jobs.stages import Done, Memory, Result, Show, code_of, digest_of, digest_of_files
from api.jobs.undo import Before
from kg.errors import DealgraphError
from kg.features.networks import rebuild_networks
from kg.features.norms import rebuild_norms
from kg.graph import Graph
from kg.judgements import Judgement, read_judgements
from kg.ontology import NODES, RELATIONSHIPS
from kg.ontology.own import Own, current, read_own, using
from kg.ontology.own_file import FILE
from kg.progress import Progress
from kg.query.files import load_queries
from kg.settings import settings
from kg.store.load import close_missing, load, remove, void_moved
from kg.store.migrate import migrate
from kg.store.plans import replan
from kg.store.runs import locked, new_run, publish

if TYPE_CHECKING:
    from scoring.scores.score import Score

NEVER = datetime(1, 1, 2, tzinfo=UTC)
"""Before everything: what is closed then is closed as soon as it began."""
DERIVED = frozenset({"Norm", "Measure", "Judgement"})
"""Labels that no source asserts: a source that is silent about them does not close them."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did, stage by stage, and the moment that the graph now speaks of."""

    run: str
    as_of: datetime
    stages: tuple[Done, ...]
    undoable: int = 0
    """Runs that can be undone, this one included if it changed anything."""

    @property
    def said(self) -> tuple[str, ...]:
        """What is worth knowing: refused sources, what the data cannot tell."""
        return tuple(dict.fromkeys(sentence for stage in self.stages for sentence in stage.said))


def refresh(  # the settings of one run
    graph: Graph,
    sources: Path,
    *,
    home: Path,
    show: Show,
    as_of: datetime | None = None,
    force: bool = False,
    approve: bool = False,
    retrain: bool = False,
) -> Refreshed:
    """Bring the graph up to what the sources say as of a moment (by default the newest that they know of).

    Records that did not change keep their entities, unless the matching is learned anew (`retrain`, or as
    `resolution.identity.update.follow` says).

    Raises:
        Busy: another refresh holds the lock.
        NeedsApproval: too many records would end, or entities merge or split; nothing of it is published.
        DealgraphError: a stage cannot go on; what finished stays, and running again goes on from there.
    """
    home.mkdir(parents=True, exist_ok=True)
    migrate(graph)
    with using(read_own(Path(sources).absolute().parent)) as own:
        prepare_own(graph)
        return _refresh(graph, sources, home, show, own, as_of, force=force, approve=approve, retrain=retrain)


def _refresh(
    graph: Graph,
    sources: Path,
    home: Path,
    show: Show,
    own: Own,
    as_of: datetime | None,
    *,
    force: bool,
    approve: bool,
    retrain: bool,
) -> Refreshed:
    began = datetime.now(UTC)
    run = new_run(began)
    line = Line(graph, Path(sources).absolute(), home.absolute(), run)
    with locked(graph, run, began):
        before = Before(line.home, run)
        memory = Memory(before, graph, show, force=force)
        staged = line.staged(memory, before, approve)
        now = as_of or datetime.fromisoformat(staged["newest"])
        judged = read_judgements(graph)
        limit = settings().feature_seconds
        resolving = digest_of(now, RESOLVING, [judgement.id for judgement in judged])
        memory.rerun |= retrain
        resolve = partial(line.resolve, now, judged, approve, retrain)
        memory.stage("resolve", resolving, resolve, files=[line.resolution])
        memory.stage("load", digest_of(now, LOADING, own.files.get(FILE)), partial(line.load, now), graph=True)
        norms = digest_of(now, NORMS, own.folder("cypher/norms", ".cypher"))
        memory.stage("norms", norms, partial(line.norms, now), graph=True)
        memory.stage("networks", digest_of(now, NETWORKS), partial(line.networks, now), graph=True)
        learning = digest_of(now, SCORING, own.digest, limit, [score.name for score in line.scores()])
        learned = memory.stage("train", learning, partial(line.train, now), files=line.models(), graph=True)
        memory.stage("score", learning, partial(line.score, now, learned), graph=True)
        memory.stage("forecast", learning, partial(line.forecast, now), graph=True)
        flip = partial(line.publish, now, staged.get("currency"))
        memory.stage("publish", digest_of(now, own.digest), flip, graph=True)
        undoable = before.finish()
    return Refreshed(run, now, tuple(memory.done), undoable)


RECORDS = ("resolution/records.py", "resolution/kinds/*.py", "resolution/database/*.py")
STAGING = code_of(
    *RECORDS, "resolution/sources/**/*.py", "resolution/sources/mappings/*.toml", "resolution/staging/*.py",
    "resolution/normalise/*.py",
)  # fmt: skip
RESOLVING = code_of(
    *RECORDS, "resolution/settings.py", "resolution/staging/*.py", "resolution/normalise/*.py",
    "resolution/matchers/*.py", "resolution/linking/*.py", "resolution/clustering/*.py", "resolution/judgements/*.py",
    "resolution/identity/*.py", "resolution/explain/*.py", "resolution/run/*.py",
)  # fmt: skip
LOADING = code_of(
    "resolution/entities/*.py", "resolution/explain/*.py", "kg/store/*.py", "kg/ontology/*.py", "kg/render/loading.py",
    "cypher/writes/void_moved.cypher",
)  # fmt: skip
NORMS = code_of("cypher/norms/*.cypher", "kg/features/norms.py", "cypher/networks/first_known.cypher")
NETWORKS = code_of("cypher/networks/*.cypher", "kg/features/networks.py")
SCORING = code_of(
    "cypher/features/**/*.cypher",
    "cypher/labels/*.cypher",
    "cypher/populations/*.cypher",
    "scoring/**/*.py",
    "kg/features/*.py",
    "kg/render/*.py",
)


@dataclass(frozen=True, slots=True)
class Line:
    """What the stages of one run work on."""

    graph: Graph
    sources: Path
    home: Path
    run: str

    @property
    def staging(self) -> Path:
        """The staged records."""
        return self.home / "staging.duckdb"

    @property
    def resolution(self) -> Path:
        """What was resolved."""
        return self.home / "resolution.duckdb"

    def files(self) -> str:
        """Digest of all that staging reads; a table of a database may change unseen, so it never stays the same."""
        from resolution.sources.files import find
        from resolution.sources.mapping_file import read_mapping

        workspace = read_mapping(self.sources)
        sections = [section for source in workspace.sources for section in source.sections]
        if any(section.table for section in sections):
            return digest_of(STAGING, self.run)
        found = {file for section in sections for file in find(section.files, workspace.folder)}
        return digest_of(
            STAGING,
            digest_of_files({self.sources, *found, *([workspace.rates] if workspace.rates else [])}),
            current().files.get(FILE),
        )

    def staged(self, memory: Memory, before: Before, approve: bool) -> Mapping[str, Any]:
        """Stage, or find it done; where it stops, nothing was changed and nothing needs undoing."""
        try:
            return memory.stage("stage", self.files(), partial(self.stage, approve), files=[self.staging])
        except DealgraphError:
            before.drop()
            raise

    def stage(self, approve: bool, progress: Progress) -> Result:
        """Sources → typed records with their knowledge time."""
        from resolution.sources.mapping_file import read_mapping
        from resolution.staging.notices import sentences
        from resolution.staging.stage import stage

        report = stage(self.sources, self.staging, approve=approve, progress=progress)
        said = [f"{r.source} was refused and keeps its earlier records: {r.sentence}" for r in report.refused]
        counts = {
            "fetched": report.fetched,
            "staged": sum(c.staged for c in report.counts),
            "rejected": report.rejected,
            "left_out": report.left_out,
            "misread": sum(c.misread for c in report.counts),
        }
        keep = {"newest": report.newest.isoformat(), "currency": read_mapping(self.sources).currency}
        said += [*sentences(report.notices), *report.cannot_know]
        return Result(counts, tuple(said), keep, tuple(asdict(notice) for notice in report.notices))

    def resolve(
        self, now: datetime, judged: Sequence[Judgement], approve: bool, retrain: bool, progress: Progress
    ) -> Result:
        """Records → entities; what people judged outranks the model."""
        from resolution.judgements.guards import sentences
        from resolution.run.resolve import resolve

        given: Mapping[str, Any] = {"now": now, "judgements": judged, "approve": approve, "retrain": retrain}
        report = resolve(self.staging, self.resolution, **given, progress=progress)
        counts = {f"{kind}s": f"{report.records[kind]} → {n}" for kind, n in report.entities.items()}
        return Result({**counts, "findings": len(report.findings)}, sentences(report.findings))

    def load(self, now: datetime, progress: Progress) -> Result:
        """Entities → graph; what no source holds any more is closed."""
        from resolution.entities.rows import graph_rows

        counts = load(self.graph, graph_rows(self.resolution, self.staging), run=self.run, progress=progress)
        remove(self.graph, "Attribute", run=self.run)
        void_moved(self.graph, run=self.run)
        labels = [node.label for node in NODES if node.asserted and node.label not in DERIVED]
        triples = [r.triple for r in RELATIONSHIPS if r.asserted and r.start not in DERIVED]
        # Told again as of the moment that is published, what is missing was corrected: it never held.
        published = [row["as_of"] for row in self.graph.read(load_queries("reads")["workspace"])]
        ended = NEVER if published == [now] else now
        closed = close_missing(self.graph, run=self.run, now=ended, labels=labels, triples=triples)
        replan(self.graph)
        nodes = sum(n for what, n in counts.items() if ">" not in what)
        return Result({"nodes": nodes, "relationships": sum(counts.values()) - nodes, "closed": closed})

    def norms(self, now: datetime, progress: Progress) -> Result:
        """Population figures that features compare with."""
        return Result({"norms": rebuild_norms(self.graph, now, self.run, progress)})

    def networks(self, now: datetime, progress: Progress) -> Result:
        """Measures of the graph of accounts."""
        written = rebuild_networks(self.graph, now, self.run, progress)
        replan(self.graph)
        return Result({"measures": written})

    def scores(self) -> tuple[Score, ...]:
        """The scores that are learned and given."""
        from scoring.scores import refreshed

        return refreshed()

    def models(self) -> list[Path]:
        """The folders of the models that serve."""
        from scoring.registry.artifact import folder_of

        return [folder_of(self.home, score.name) for score in self.scores()]

    def train(self, now: datetime, progress: Progress) -> Result:
        """What was known → models."""
        from scoring.learning.train import train

        given: Mapping[str, Any] = {"as_of": now, "home": self.home, "progress": progress}
        scores = self.scores()
        models = {score.name: train(self.graph, score, **given) for score in scores}
        said = [sentence for model in models.values() for sentence in model.said]
        said += [sentence for score in scores if (sentence := basis_of(models[score.name], score.minimum_each))]
        counts = {name: f"{model.version} ({model.served.basis})" for name, model in models.items()}
        counts |= {f"{name} without": ", ".join(model.left_out) for name, model in models.items() if model.left_out}
        notices = tuple(notice for m in models.values() for notice in left_out(m))
        keep = {name: model.version for name, model in models.items() if "held" not in model.manifest}
        return Result(counts, tuple(said), keep, notices)

    def score(self, now: datetime, learned: Mapping[str, str], progress: Progress) -> Result:
        """Models that are well → scores with their reasons, written and made current."""
        counts: dict[str, Any] = {}
        notices: list[Mapping[str, Any]] = []
        for score in self.scores():
            done = scored(self.graph, score, learned.get(score.name), now, self.home, self.run, progress)
            counts[score.name] = done.count
            notices += done.notices
            if done.anew is not None:
                counts[f"{score.name} without"] = ", ".join(done.anew.left_out)
            if done.verdict and done.verdict.how:
                counts[f"{score.name} answers"] = done.verdict.answers.version
        return Result(counts, tuple(str(notice["sentence"]) for notice in notices), notices=tuple(notices))

    def forecast(self, now: datetime, progress: Progress) -> Result:
        """What this quarter and the next will bring, kept to be held against what comes."""
        from scoring.forecast.watch import keep_quarters

        made = keep_quarters(self.graph, now, home=self.home, run=self.run, progress=progress)
        said = () if made else ('No forecast is kept: it needs a score of deals whose horizon_days is "whenever".',)
        return Result({f.period.name: f"{f.expected:,.0f}" for f in made}, said)

    def publish(self, now: datetime, currency: str | None, progress: Progress) -> Result:
        """One flip, and every reader sees it."""
        progress(0, 1, "publishing")
        publish(self.graph, self.run, now, currency)
        progress(1, 1, "publishing")
        return Result({"as_of": now.isoformat()})
