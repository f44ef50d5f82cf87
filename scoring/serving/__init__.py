"""Answers: predictions, explanations, exports, rescoring."""
