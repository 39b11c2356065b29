//! Sketches over 1,000 random data sets each: within the error that their documentation states.

use std::collections::{HashMap, HashSet};

use super::*;

/// Data sets of each test.
const SETS: usize = 1_000;

/// ln(1.01 / 0.99), the logarithm of the base of the first buckets.
const LN_G: f64 = 0.020_000_666_706_669_435;

fn fold<T: Pod>(bench: &mut Bench, slot: usize, values: &[T]) {
    let register = bench.arguments()[0];
    for batch in values.chunks(ROWS) {
        bench.fill(register, |vector| put(vector, batch));
        bench.update(Groups::One(slot), batch.len());
    }
}

#[test]
fn distinct_values() {
    // 1.04 / sqrt(1024)
    const ERROR: f64 = 0.0325;
    let mut random = Random(11);
    let (mut squares, mut far) = (0.0, 0);
    let mut bench = Bench::new("x BIGINT NOT NULL", "approx_count_distinct(x)", 3);
    for _ in 0..SETS {
        let most = (10f64).powf(4.0 * random.unit()) as u64 + 1;
        let values: Vec<i64> =
            (0..most * 5 / 4).map(|_| (random.below(most) as i64).wrapping_mul(7919)).collect();
        let exact = values.iter().collect::<HashSet<_>>().len() as f64;
        bench.with(|states, _, _| states.reset_all().unwrap());
        fold(&mut bench, 0, &values);
        let own = i64::from_le_bytes(bench.finish(0).unwrap().try_into().unwrap()) as f64;
        let error = (own - exact) / exact;
        squares += error * error;
        far += usize::from(error.abs() > 3.0 * ERROR);
    }
    let error = (squares / SETS as f64).sqrt();
    // Few values are counted better than many.
    assert!(error < ERROR, "{error}");
    // 0.3 % of a normal distribution are that far away; 1 % leaves room for chance.
    assert!(far <= SETS / 100, "{far}");
}

#[test]
fn few_distinct_values_are_nearly_exact() {
    let mut bench = Bench::new("x BIGINT NOT NULL", "approx_count_distinct(x)", 1);
    for n in 0..30i64 {
        bench.with(|states, _, _| states.reset_all().unwrap());
        fold(&mut bench, 0, &(0..n).map(|i| i * i + 3).collect::<Vec<_>>());
        let own = i64::from_le_bytes(bench.finish(0).unwrap().try_into().unwrap());
        // Two values share a register now and then.
        assert!((own - n).abs() <= 2, "{own} of {n}");
    }
}

/// A data set: near to 0 or far, of one sign or both, of few values or many.
fn data(random: &mut Random) -> Vec<f64> {
    let n = (10f64).powf(1.0 + 2.6 * random.unit()) as usize;
    let scale = (10f64).powf(20.0 * random.unit() - 10.0);
    let kind = random.below(6);
    let mut one = |i: usize| match kind {
        0 => scale * random.unit(),
        1 => -scale * random.unit().ln(),
        2 => scale * (random.unit() - 0.5),
        3 => (8.0 * random.unit() * random.unit()).exp() * if i % 3 == 0 { -1.0 } else { 1.0 },
        4 => random.below(40) as f64 - 20.0,
        _ => scale * random.unit().powi(-3),
    };
    (0..n).map(|i| one(i)).collect()
}

/// The error that is stated: that of the first base with which 512 buckets span the data, a bucket
/// at each end not counted.
fn stated(data: &[f64]) -> f64 {
    let span = |negative: bool| {
        let one = data.iter().filter(|x| **x != 0.0 && (**x < 0.0) == negative);
        let (low, high) = one
            .fold((f64::INFINITY, 0.0f64), |(low, high), x| (low.min(x.abs()), high.max(x.abs())));
        if high > 0.0 { (high / low).ln() } else { 0.0 }
    };
    let all = span(true) + span(false);
    let mut ln_g = LN_G;
    while all / ln_g > 508.0 {
        ln_g *= 2.0;
    }
    (ln_g / 2.0).tanh()
}

#[test]
fn quantiles() {
    let mut random = Random(12);
    let quantiles = [0.0, 0.01, 0.1, 0.5, 0.9, 0.99, 1.0];
    let mut benches = quantiles
        .map(|q| (q, Bench::new("x DOUBLE NOT NULL", &std::format!("approx_quantile(x, {q})"), 4)));
    for _ in 0..SETS {
        let data = data(&mut random);
        let error = stated(&data);
        let mut sorted = data.clone();
        sorted.sort_by(f64::total_cmp);
        let (q, bench) = &mut benches[random.below(quantiles.len() as u64) as usize];
        bench.with(|states, _, _| states.reset_all().unwrap());
        fold(bench, 0, &data);
        let own = bench.number(0).unwrap();
        let exact = sorted[(*q * (sorted.len() - 1) as f64) as usize];
        let off = (own - exact).abs();
        assert!(off <= error * exact.abs() * (1.0 + 1e-9), "{own} is not {exact} by {error}");
        if *q == 0.0 || *q == 1.0 {
            assert_eq!(own, exact);
        }
        // Nothing depends on the order, and merging changes nothing.
        let (first, second) = data.split_at(random.below(data.len() as u64) as usize);
        fold(bench, 1, second);
        fold(bench, 2, first);
        bench.merge(1, 2);
        assert_eq!(bench.number(1).map(f64::to_bits), Some(own.to_bits()));
    }
}

#[test]
fn the_stated_spans() {
    let near = |span: f64, error: f64| {
        let own = stated(&[1.0, span]);
        assert!((own - error).abs() < 1e-3 * error.max(1e-9) + 1e-4, "{span}: {own}");
    };
    near(25_000.0, 0.01);
    near(25_000.0 * 25_000.0, 0.02);
    near((25_000f64).powi(4), 0.04);
}

#[test]
fn most_frequent_values() {
    let mut random = Random(13);
    let mut bench = Bench::new("x INTEGER NOT NULL", "approx_top_k(x, 20)", 3);
    // As many counters as Bench asks for.
    let counters = 256.0;
    for _ in 0..SETS {
        let n = 1 + random.below(4_000) as usize;
        let spread = (10f64).powf(1.0 + 3.0 * random.unit());
        // Zipf-like: small ones are frequent.
        let values: Vec<i32> =
            (0..n).map(|_| (spread.powf(random.unit() * random.unit())) as i32).collect();
        let mut exact: HashMap<i32, u64> = HashMap::new();
        values.iter().for_each(|x| *exact.entry(*x).or_default() += 1);
        bench.with(|states, _, _| states.reset_all().unwrap());
        let cut = random.below(n as u64) as usize;
        fold(&mut bench, 0, &values);
        fold(&mut bench, 1, &values[..cut]);
        fold(&mut bench, 2, &values[cut..]);
        bench.merge(1, 2);
        for slot in [0, 1] {
            let json = bench.text(slot).unwrap();
            let pairs: Vec<(i32, u64)> = json
                .trim_matches(['[', ']'])
                .split("],[")
                .map(|pair| {
                    let (value, count) = pair.split_once(',').unwrap();
                    (value.parse().unwrap(), count.parse().unwrap())
                })
                .collect();
            let most = n as f64 / counters;
            for (value, count) in &pairs {
                let over = *count as f64 - exact[value] as f64;
                assert!((0.0..=most).contains(&over), "{value}: {count}, not {}", exact[value]);
            }
            assert!(pairs.is_sorted_by(|a, b| (b.1, a.0) < (a.1, b.0)), "{json}");
            if pairs.len() < 20 {
                for (value, count) in &exact {
                    let found = pairs.iter().any(|(v, _)| v == value);
                    assert!(found || *count as f64 <= most, "{value} is missing in {json}");
                }
            }
        }
    }
}
