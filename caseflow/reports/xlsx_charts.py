"""A report's charts as Excel's own, beside their tables. Their points stand in a sheet of their own."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference, ScatterChart, Series
from openpyxl.chart.data_source import AxDataSource, StrRef
from openpyxl.chart.series import Series as DataSeries
from openpyxl.chart.series import SeriesLabel, XYSeries
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from caseflow.reports.document import Chart, ChartKind, Document
from caseflow.reports.drawing import Point, step_points

INK = ("15242A", "0B4F5C", "75848A", "A77D22", "7A3FAE", "0D90D2")


def add_charts(book: Workbook, document: Document, name: str) -> None:
    """Draw every chart beside its table. A Sankey diagram is left to its table: Excel has none."""
    drawn = [
        (sheet, table.chart, len(table.columns) + 2)
        for sheet, table in zip(book.worksheets[1:-1], document.tables, strict=True)
        if table.chart and table.chart.kind is not ChartKind.SANKEY
    ]
    if not drawn:
        return
    data = book.create_sheet(name)
    place = 1
    for sheet, chart, right_of in drawn:
        sheet.add_chart(_chart(chart, data, place), f"{get_column_letter(right_of)}3")
        place += 2 * len(chart.series) + 1


def _chart(chart: Chart, data: Worksheet, place: int) -> BarChart | LineChart | ScatterChart:
    by_number = all(isinstance(x, int | float) for series in chart.series for x, _ in series.points)
    if chart.kind is ChartKind.BARS:
        drawn: BarChart | LineChart | ScatterChart = BarChart()
    else:
        drawn = ScatterChart(style=13) if by_number else LineChart()
    drawn.title = None
    drawn.height, drawn.width = 9, 18
    drawn.x_axis.title, drawn.y_axis.title = chart.x_label or None, chart.y_label or None
    # Without this, newer versions of Excel draw no axes.
    drawn.x_axis.delete = drawn.y_axis.delete = False
    for number, series in enumerate(chart.series):
        points = step_points(series.points) if chart.kind is ChartKind.STEP else series.points
        drawn.series.append(_series(drawn, data, place + 2 * number, series.name, points))
        line = drawn.series[-1].graphicalProperties
        line.line.solidFill = INK[number % len(INK)]
        line.line.dashStyle = "dash" if series.dashed else None
        if chart.kind is ChartKind.BARS:
            line.solidFill = INK[number % len(INK)]
        else:
            drawn.series[-1].smooth = False
            drawn.series[-1].marker.symbol = "none"
    return drawn


def _series(
    drawn: BarChart | LineChart | ScatterChart, data: Worksheet, place: int, name: str, points: Sequence[Point]
) -> XYSeries | DataSeries:
    head = data.cell(1, place + 1)
    head.value, head.data_type = name, "s"
    for row, (x, value) in enumerate(points, start=2):
        data.cell(row, place, x)
        if isinstance(x, str):
            data.cell(row, place).data_type = "s"
        data.cell(row, place + 1, value)
    last = len(points) + 1
    series: XYSeries | DataSeries
    across = Reference(data, min_col=place, min_row=2, max_row=last)
    values = Reference(data, min_col=place + 1, min_row=2, max_row=last)
    if isinstance(drawn, ScatterChart):
        series = Series(values, across)
    else:
        series = Series(values)
        series.cat = AxDataSource(strRef=StrRef(f=str(across)))
    series.tx = SeriesLabel(v=name)
    return series
