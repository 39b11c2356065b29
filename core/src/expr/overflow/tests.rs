use super::*;

/// A value, and whether it failed.
fn of<T, F: Flag>((value, flag): (T, F)) -> (T, bool) {
    (value, flag.raised())
}

#[test]
fn flags_are_those_of_the_checked_operations() {
    for a in i8::MIN..=i8::MAX {
        assert_eq!(of(a.neg()), a.overflowing_neg());
        assert_eq!(of(Overflow::neg(a.cast_unsigned())), a.cast_unsigned().overflowing_neg());
        for b in i8::MIN..=i8::MAX {
            assert_eq!(of(a.add(b)), a.overflowing_add(b));
            assert_eq!(of(a.sub(b)), a.overflowing_sub(b));
            assert_eq!(of(Overflow::mul(a, b)), a.overflowing_mul(b));
            let (a, b) = (a.cast_unsigned(), b.cast_unsigned());
            assert_eq!(of(a.add(b)), a.overflowing_add(b));
            assert_eq!(of(a.sub(b)), a.overflowing_sub(b));
            assert_eq!(of(Overflow::mul(a, b)), a.overflowing_mul(b));
        }
    }
    let mut x = 1u64;
    for _ in 0..1000 {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        for (a, b) in [(x, x.rotate_left(29)), (x >> 31, x >> 40), (x, 1), (x, u64::MAX)] {
            assert_eq!(of(a.add(b)), a.overflowing_add(b));
            assert_eq!(of(a.sub(b)), a.overflowing_sub(b));
            assert_eq!(of(Overflow::mul(a, b)), a.overflowing_mul(b));
            let (a, b) = (a.cast_signed(), b.cast_signed());
            assert_eq!(of(a.add(b)), a.overflowing_add(b));
            assert_eq!(of(a.sub(b)), a.overflowing_sub(b));
            assert_eq!(of(Overflow::mul(a, b)), a.overflowing_mul(b));
            assert_eq!(of(Overflow::neg(a)), a.overflowing_neg());
            let (a, b) = (a as i32, b as i32);
            assert_eq!(of(a.add(b)), a.overflowing_add(b));
            assert_eq!(of(a.sub(b)), a.overflowing_sub(b));
        }
    }
}

/// The flag of an INTEGER product may cry wolf, but only just below what overflows.
#[test]
fn a_product_that_overflows_is_never_missed() {
    let check = |a: i32, b: i32| {
        let (value, raised) = of(Overflow::mul(a, b));
        let (expected, overflowed) = a.overflowing_mul(b);
        assert_eq!(value, expected);
        assert!(raised || !overflowed, "{a} * {b} is missed");
        let size = i64::from(a).unsigned_abs() * i64::from(b).unsigned_abs();
        assert!(!raised || size >= (1 << 31) - (1 << 12), "{a} * {b} is far from overflowing");
    };
    // All that is nearest to the limit, on both sides of it.
    for a in (1..=1 << 16).chain((1..1 << 15).map(|a| (1i64 << 31) / a)) {
        let b = (1i64 << 31) / a;
        for (a, b) in [(a, b - 1), (a, b), (a, b + 1), (a - 1, b), (a + 1, b)] {
            for (a, b) in [(a, b), (-a, b), (a, -b), (-a, -b)] {
                if let (Ok(a), Ok(b)) = (i32::try_from(a), i32::try_from(b)) {
                    check(a, b);
                    check(b, a);
                }
            }
        }
    }
    let mut x = 1u64;
    for _ in 0..100_000 {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        let (a, b) = (x as i32, (x >> 32) as i32);
        check(a, b);
        check(a >> (x >> 59), b >> (x >> 40 & 31));
    }
    for extreme in [i32::MIN, -1, 0, 1, i32::MAX] {
        for other in [i32::MIN, -1, 0, 1, i32::MAX] {
            check(extreme, other);
        }
    }
}

/// Whole kernels beside `checked_*`, a row at a time: NULLs, ends of words, constants.
#[test]
fn rows_that_overflow_become_null_and_are_counted() {
    let values = [i32::MIN, i32::MIN + 1, -46_341, -1, 0, 1, 2, 46_341, i32::MAX - 1, i32::MAX];
    let mut x = 1u64;
    for rows in [0, 1, 7, 63, 64, 65, 130] {
        for turn in 0..40 {
            let mut next = || {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                // Every other turn is one where nothing overflows.
                if turn % 2 == 0 { values[(x % 10) as usize] } else { (x % 100) as i32 - 50 }
            };
            let a: std::vec::Vec<i32> = (0..rows).map(|_| next()).collect();
            let b: std::vec::Vec<i32> = (0..rows).map(|_| next()).collect();
            let constant = next();
            for b in [Argument::Vector(&b), Argument::Constant(constant)] {
                let of = |row: usize| match b {
                    Argument::Vector(b) => b[row],
                    Argument::Constant(b) => b,
                };
                let nulls = [x, !x, x << 7];
                let run = |op: Op, expected: &dyn Fn(i32, i32) -> Option<i32>| {
                    let (mut dst, mut valid) = (std::vec![0; rows], nulls);
                    let mut failures = Failures::new(None).unwrap();
                    arithmetic::<_, crate::plan::uses::Everything>(
                        op,
                        &mut dst,
                        &mut valid,
                        &mut failures,
                        &a,
                        b,
                    );
                    let (mut count, mut first) = (0, None);
                    for row in 0..rows {
                        let bit = |words: [u64; 3]| words[row / 64] >> (row % 64) & 1 != 0;
                        let value = expected(a[row], of(row)).filter(|_| bit(nulls));
                        assert_eq!(bit(valid).then_some(dst[row]), value);
                        if bit(nulls) && value.is_none() {
                            count += 1;
                            first = first.or(Some(row));
                        }
                    }
                    assert_eq!((failures.count, failures.first), (count, first));
                };
                run(Op::Add, &i32::checked_add);
                run(Op::Sub, &i32::checked_sub);
                run(Op::Mul, &i32::checked_mul);
                run(Op::Neg, &|a, _| a.checked_neg());
            }
        }
    }
}
