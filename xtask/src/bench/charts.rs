//! Charts of the report, as SVG.

use std::path::Path;

use anyhow::{Result, anyhow};
use plotters::prelude::*;
use serde_json::Value;

const SIZE: (u32, u32) = (900, 420);
const FONT: (&str, u32) = ("sans-serif", 14);
/// To the right of the plot, for the names of the lines.
const LEGEND: u32 = 200;
/// Colours that colour-blind people tell apart (Okabe and Ito, 2008).
const COLOURS: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
];
/// More than this many times from the least figure to the most need a logarithmic axis.
const SPREAD: f64 = 20.0;

/// A line of a chart.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

/// Values along an axis: a place for each, and a label for each place.
#[derive(Clone, Copy)]
struct Axis {
    logarithmic: bool,
    low: f64,
    high: f64,
}

impl Axis {
    /// From 0 to the highest value, or from the lowest on a logarithmic axis.
    fn of(values: impl Iterator<Item = f64> + Clone, logarithmic: bool) -> Self {
        let high = values.clone().fold(f64::MIN_POSITIVE, f64::max);
        let low = values.fold(f64::INFINITY, f64::min);
        let mut axis = Self { logarithmic, low: 0.0, high };
        if logarithmic {
            (axis.low, axis.high) = (axis.place(low), axis.place(high));
        }
        axis
    }

    fn place(self, value: f64) -> f64 {
        if self.logarithmic { value.log10() } else { value }
    }

    /// On a logarithmic axis powers of ten alone have one.
    fn label(self, place: f64) -> String {
        if !self.logarithmic {
            return format!("{place}");
        }
        if (place - place.round()).abs() > 1e-6 {
            return String::new();
        }
        let figure = super::report::figure(10f64.powf(place));
        if figure.contains('.') {
            figure.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            figure
        }
    }

    fn labels(self) -> usize {
        if self.logarithmic { (self.high - self.low).ceil() as usize + 2 } else { 12 }
    }
}

/// Draws one of the sweeps of `benches/src/bin/sweep.rs`.
pub(super) fn draw(sweep: &Value, path: &Path) -> Result<()> {
    let lines = lines(sweep);
    let all = || lines.iter().flat_map(|line| &line.points);
    let x = Axis::of(all().map(|(x, _)| *x), sweep["logarithmic"] == true);
    let figures = all().map(|(_, y)| *y);
    let (least, most) = figures
        .clone()
        .fold((f64::INFINITY, 0.0), |(least, most), y| (f64::min(least, y), f64::max(most, y)));
    let mut y = Axis::of(figures, most > SPREAD * least);
    (y.low, y.high) =
        if y.logarithmic { (y.low.floor(), y.high.ceil()) } else { (y.low, y.high * 1.05) };
    plot(sweep, &lines, (x, y), path).map_err(|error| anyhow!("drawing a chart: {error}"))
}

fn lines(sweep: &Value) -> Vec<Line> {
    let series = sweep["series"].as_array().into_iter().flatten();
    let line = |series: &Value| {
        let points = series["points"].as_array().into_iter().flatten();
        let point = |point: &Value| Some((point[0].as_f64()?, point[1].as_f64()?));
        let name = series["name"].as_str().unwrap_or_default().to_owned();
        Line { name, points: points.filter_map(point).collect() }
    };
    series.map(line).collect()
}

fn plot(
    sweep: &Value,
    lines: &[Line],
    (x, y): (Axis, Axis),
    path: &Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(sweep["name"].as_str().unwrap_or_default(), ("sans-serif", 20))
        .margin(12)
        .margin_right(LEGEND)
        .x_label_area_size(40)
        .y_label_area_size(70)
        .build_cartesian_2d(x.low..x.high, y.low..y.high)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .label_style(FONT)
        .x_desc(sweep["axis"].as_str().unwrap_or_default())
        .y_desc("million records a second")
        .x_labels(x.labels())
        .y_labels(y.labels())
        .x_label_formatter(&|place| x.label(*place))
        .y_label_formatter(&|place| y.label(*place))
        .draw()?;
    // plotters' own legend can't lie beside the plot.
    let right = (SIZE.0 - LEGEND).cast_signed() + 16;
    for ((line, colour), at) in lines.iter().zip(COLOURS).zip((52..).step_by(20)) {
        let places: Vec<_> = line.points.iter().map(|(a, b)| (x.place(*a), y.place(*b))).collect();
        chart.draw_series(places.iter().map(|place| Circle::new(*place, 3, colour.filled())))?;
        chart.draw_series(LineSeries::new(places, colour.stroke_width(2)))?;
        let stroke = [(right, at), (right + 16, at)];
        area.draw(&PathElement::new(stroke, colour.stroke_width(2)))?;
        area.draw(&Text::new(line.name.as_str(), (right + 22, at - 6), FONT))?;
    }
    area.present()?;
    Ok(())
}
