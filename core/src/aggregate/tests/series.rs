//! Series with more samples than wait.

use super::*;

/// TWA, INCREASE and DELTA of samples by another way: all of them sorted.
fn expected(samples: &[(i64, f64)]) -> [f64; 3] {
    let mut samples = samples.to_vec();
    samples.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let pairs = samples.windows(2);
    let area: f64 = pairs.clone().map(|w| w[0].1 * (w[1].0 - w[0].0) as f64).sum();
    let rise: f64 = pairs.map(|w| if w[1].1 >= w[0].1 { w[1].1 - w[0].1 } else { w[1].1 }).sum();
    let (first, last) = (samples[0], samples[samples.len() - 1]);
    [area / (last.0 - first.0) as f64, rise, last.1 - first.1]
}

fn bench(call: &str) -> Bench {
    Bench::new("x DOUBLE NOT NULL, ts TIMESTAMP NOT NULL, WATERMARK FOR ts AS ts", call, 4)
}

/// Folds samples into a slot, in this order.
fn fold(bench: &mut Bench, slot: usize, samples: &[(i64, f64)]) {
    let arguments = bench.arguments();
    for batch in samples.chunks(ROWS) {
        let (times, values): (Vec<i64>, Vec<f64>) = batch.iter().copied().unzip();
        bench.fill(arguments[0], |vector| put(vector, &values));
        bench.fill(arguments[1], |vector| put(vector, &times));
        bench.update(Groups::One(slot), batch.len());
    }
}

/// Samples whose times are up to `late` out of order.
fn samples(random: &mut Random, count: usize, late: u64) -> Vec<(i64, f64)> {
    let time = |i: usize, random: &mut Random| i as i64 * 10 - random.below(late + 1) as i64;
    (0..count).map(|i| (time(i, random), random.below(1000) as f64 / 8.0)).collect()
}

const CALLS: [&str; 3] = ["twa(x)", "increase(x)", "delta(x)"];

#[test]
fn more_samples_than_wait_are_exact_in_any_order() {
    let mut random = Random(1);
    for turn in 0..60 {
        let count = 2 + random.below(3000) as usize;
        // 128 samples wait at least: 1,280 microseconds.
        let samples = samples(&mut random, count, [0, 100, 1200][turn % 3]);
        for (call, wanted) in CALLS.into_iter().zip(expected(&samples)) {
            let mut bench = bench(call);
            fold(&mut bench, 0, &samples);
            let own = bench.number(0).unwrap();
            assert!((own - wanted).abs() <= 1e-9 * wanted.abs().max(1.0), "{call} {own} {wanted}");
        }
    }
}

#[test]
fn folded_parts_one_after_another_merge() {
    let mut random = Random(2);
    for turn in 0..60 {
        let samples = samples(&mut random, 3000, 0);
        let cut = random.below(3000) as usize;
        let (first, second) = samples.split_at(cut);
        for (call, wanted) in CALLS.into_iter().zip(expected(&samples)) {
            let mut bench = bench(call);
            fold(&mut bench, 1, first);
            fold(&mut bench, 2, second);
            // The later one can take in the earlier one, too.
            let (into, from) = if turn % 2 == 0 { (1, 2) } else { (2, 1) };
            bench.merge(into, from);
            let own = bench.number(into).unwrap();
            assert!((own - wanted).abs() <= 1e-9 * wanted.abs().max(1.0), "{call} {own} {wanted}");
        }
    }
}

#[test]
fn a_sample_that_is_too_late_is_not_lost_in_silence() {
    let mut random = Random(3);
    let mut samples = samples(&mut random, 1000, 0);
    samples.push((5, 1.0));
    let mut bench = bench("twa(x)");
    fold(&mut bench, 0, &samples);
    let counted = bench.with(|states, frame, result| {
        let mut counters = Counters::default();
        let (mut dst, _) = frame.split(result).unwrap();
        states.finish(&mut dst, &[0], false, &mut counters).unwrap();
        counters.capacity_errors
    });
    assert_eq!((bench.finish(0), counted), (None, 1));
    // Nor where two such series are one in the other.
    let mut bench = self::bench("twa(x)");
    let (even, odd): (Vec<_>, Vec<_>) =
        samples[..1000].iter().partition(|(time, _)| time / 10 % 2 == 0);
    fold(&mut bench, 0, &even);
    fold(&mut bench, 1, &odd);
    bench.merge(0, 1);
    assert_eq!(bench.finish(0), None);
}

#[test]
fn counters_restart_as_in_prometheus() {
    // The increases of 0, 5, 10, 3, 4 are 5, 5, 3 (from 0 again) and 1.
    let samples: Vec<_> = [0.0, 5.0, 10.0, 3.0, 4.0]
        .into_iter()
        .zip(0i64..)
        .map(|(x, i)| (i * 2_000_000, x))
        .collect();
    for (call, wanted) in [("increase(x)", 14.0), ("rate(x)", 1.75), ("delta(x)", 4.0)] {
        let mut bench = bench(call);
        fold(&mut bench, 0, &samples);
        fold(&mut bench, 1, &samples[..1]);
        assert_eq!((bench.number(0), bench.number(1)), (Some(wanted), None), "{call}");
    }
}
