"""The inspection, live: frameworks, reports in and out, measures, evidence, judgement and areas for improvement."""
