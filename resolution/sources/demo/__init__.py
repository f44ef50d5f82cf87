"""The demo company."""

from resolution.sources.demo.writer import DemoReport, write_demo

__all__ = ["DemoReport", "write_demo"]
