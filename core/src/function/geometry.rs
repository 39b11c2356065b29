//! Geometry on the earth.

use super::Param::Is;
use super::{Function, Returns, rows};
use crate::types::DataType::Double;

/// Geometry.
pub const GEOMETRY: &[Function] = &[Function::new(
    "haversine",
    &[Is(Double), Is(Double), Is(Double), Is(Double)],
    Returns::Is(Double),
    |call| rows::map(call, |(lat1, lon1, lat2, lon2)| haversine(lat1, lon1, lat2, lon2)),
)
.doc(
    "Metres along the great circle between two points, degrees of latitude and longitude, on a \
     sphere of 6,371,008.8 m. NaN where a value is NaN or infinite.",
    "haversine(52.5163, 13.3777, 48.8583, 2.2945)",
)];

/// Mean radius R1 of the earth, metres, after the International Union of Geodesy and Geophysics:
/// (2a + b) / 3 of GRS 80 (Moritz, "Geodetic Reference System 1980", J. Geodesy 74, 2000, has
/// 6,371,008.7714 m).
const EARTH_RADIUS: f64 = 6_371_008.8;

/// Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984).
fn haversine(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let square_of_half = |degrees: f64| {
        let sine = libm::sin(degrees.to_radians() / 2.0);
        sine * sine
    };
    let cosine = |degrees: f64| libm::cos(degrees.to_radians());
    let h = square_of_half(lat2 - lat1) + cosine(lat1) * cosine(lat2) * square_of_half(lon2 - lon1);
    // Rounding can bring antipodes above 1.
    let distance = 2.0 * EARTH_RADIUS * libm::asin(libm::sqrt(if h > 1.0 { 1.0 } else { h }));
    super::math::one_nan(distance)
}
