//! Loops that take four values in a go, so that these share what the loop itself costs: the compiler
//! unrolls none whose steps have branches.

/// Calls `f` with each value.
#[inline(always)]
pub(crate) fn each<A: Copy>(a: &[A], mut f: impl FnMut(A)) {
    let (fours, rest) = a.as_chunks::<4>();
    for four in fours {
        for a in four {
            f(*a);
        }
    }
    for a in rest {
        f(*a);
    }
}

/// Calls `f` with each value and the one beside it, as far as both go.
#[inline(always)]
pub(crate) fn both<A: Copy, B: Copy>(a: &[A], b: &[B], mut f: impl FnMut(A, B)) {
    let rows = a.len().min(b.len());
    let (Some(a), Some(b)) = (a.get(..rows), b.get(..rows)) else { return };
    let ((a_fours, a_rest), (b_fours, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    for (a, b) in a_fours.iter().zip(b_fours) {
        for (a, b) in a.iter().zip(b) {
            f(*a, *b);
        }
    }
    for (a, b) in a_rest.iter().zip(b_rest) {
        f(*a, *b);
    }
}

/// Makes each value what `f` says of the one beside it, if it says anything.
#[inline(always)]
pub(crate) fn map<A, B: Copy>(dst: &mut [A], src: &[B], mut f: impl FnMut(B) -> Option<A>) {
    let rows = dst.len().min(src.len());
    let (Some(dst), Some(src)) = (dst.get_mut(..rows), src.get(..rows)) else { return };
    let ((dst, dst_rest), (src, src_rest)) = (dst.as_chunks_mut::<4>(), src.as_chunks::<4>());
    for (dst, src) in dst.iter_mut().zip(src) {
        for (dst, src) in dst.iter_mut().zip(src) {
            if let Some(value) = f(*src) {
                *dst = value;
            }
        }
    }
    for (dst, src) in dst_rest.iter_mut().zip(src_rest) {
        if let Some(value) = f(*src) {
            *dst = value;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    #[test]
    fn every_value_is_taken_once_and_in_order() {
        for rows in 0..13u32 {
            let values: Vec<u32> = (0..rows).collect();
            let longer: Vec<u32> = (0..rows + 5).collect();
            let mut seen = Vec::new();
            super::each(&values, |v| seen.push(v));
            assert_eq!(seen, values);
            seen.clear();
            super::both(&values, &longer, |a, b| seen.push(a + b));
            assert!(seen.iter().eq(values.iter().map(|v| 2 * v).collect::<Vec<_>>().iter()));
            let mut odd = longer.clone();
            super::map(&mut odd, &values, |v| (v % 2 == 1).then_some(100 + v));
            let expected = longer.iter().map(|&v| if v % 2 == 1 && v < rows { 100 + v } else { v });
            assert!(odd.into_iter().eq(expected));
        }
    }
}
