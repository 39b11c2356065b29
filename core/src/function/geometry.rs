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
     sphere of 6,371,008.8 m; rounding costs up to 0.2 m beside the antipode. NaN where a value is NaN or infinite.",
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

#[cfg(test)]
mod tests {
    use super::haversine;

    /// Arcs whose length needs no haversine: of the equator, of a meridian, and half the circle.
    #[test]
    fn arcs_of_great_circles() {
        let degree = core::f64::consts::PI * super::EARTH_RADIUS / 180.0;
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.max(1.0);
        for (from, to, degrees) in [
            ((0.0, 0.0), (0.0, 1.0), 1.0),
            ((0.0, 179.5), (0.0, -179.5), 1.0),
            ((-30.0, 77.0), (60.0, 77.0), 90.0),
            ((90.0, 0.0), (-90.0, 123.0), 180.0),
            ((0.0, 0.0), (0.0, 180.0), 180.0),
            ((45.0, 45.0), (45.0, 45.0), 0.0),
            ((80.0, 10.0), (80.0, -170.0), 20.0),
        ] {
            let metres = haversine(from.0, from.1, to.0, to.1);
            assert!(near(metres, degrees * degree), "{from:?} {to:?}: {metres}");
        }
        assert!(haversine(f64::NAN, 0.0, 0.0, 0.0).is_nan());
        assert!(haversine(0.0, f64::INFINITY, 0.0, 0.0).is_nan());
    }

    /// By the spherical law of cosines with 50 digits (Python's mpmath). The first pair is Rosetta Code's,
    /// which has 2887.26 km for a radius of 6,372.8 km.
    #[test]
    fn distances_by_another_formula() {
        for (from, to, metres) in [
            ((36.12, -86.67), (33.94, -118.4), 2_886_448.429_765),
            ((52.5163, 13.3777), (48.8583, 2.2945), 879_093.523_329),
            ((-33.8568, 151.2153), (51.5007, -0.1246), 16_993_480.762_864),
            ((47.3769, 8.5417), (47.37691, 8.54171), 1.342_914),
        ] {
            let own: f64 = haversine(from.0, from.1, to.0, to.1);
            assert!((own - metres).abs() < 2e-6, "{from:?} {to:?}: {own}, not {metres}");
        }
        let beside_the_antipode = haversine(89.9999, 0.0, -89.9999, 179.0);
        assert!((beside_the_antipode - 20_015_114.247_966).abs() < 0.2);
    }
}
