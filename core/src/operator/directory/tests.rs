use std::collections::BTreeMap;
use std::vec;
use std::vec::Vec;

use super::*;
use crate::plan::layout::index_entries;

/// Random keys, some of them small numbers, are looked up, evicted and reclaimed; each keeps
/// its place until then. `spread` from 0 (all below the index's length) up.
fn run(capacity: u32, spread: u32, seed: u64) {
    let mut state = DirectoryState::default();
    let mut index = vec![0; index_entries(capacity) as usize];
    let small = index.len() as u64;
    let mut keys = vec![0; capacity as usize];
    let mut directory =
        Directory { state: &mut state, index: &mut index, keys: &mut keys, width: 1, capacity };
    let mut x = seed;
    let mut random = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x >> 8
    };
    let mut model: BTreeMap<u64, u32> = BTreeMap::new();
    for round in 0..400 {
        let rows = 1 + random() as usize % 20;
        let wide = if round < 100 { 1 } else { 1 << (random() % 40).min(u64::from(spread)) };
        let batch: Vec<u64> = (0..rows).map(|_| random() % small * wide).collect();
        let mut places = vec![0; rows];
        let found = directory.find(batch.iter().copied(), &mut places).unwrap();
        for (key, place) in batch.iter().zip(&places[..found]) {
            assert_eq!(*model.entry(*key).or_insert(*place), *place);
        }
        let taken: Vec<_> = model.values().collect();
        assert_eq!(taken.iter().collect::<std::collections::BTreeSet<_>>().len(), taken.len());
        if found < rows {
            assert_eq!(model.len(), capacity as usize);
            if random() % 2 == 0 {
                let gone = directory.evict().unwrap();
                model.retain(|_, place| *place != gone);
            } else {
                let used: Vec<u64> =
                    (0..capacity.div_ceil(64)).map(|_| random() | random()).collect();
                directory.loosen();
                let before: Vec<_> = directory.keys.to_vec();
                if directory.reclaim(|word| used[word]).unwrap() {
                    let (free, word) = (directory.state.free, directory.state.free_word);
                    assert_eq!(before, directory.keys);
                    model.retain(|_, place| *place / 64 != word || free >> (*place % 64) & 1 == 0);
                }
            }
        }
    }
    assert_eq!(directory.state.hashed, u32::from(spread > 0));
}

#[test]
fn keys_keep_their_places() {
    for seed in 1..8 {
        for capacity in [1, 3, 64, 100, 200] {
            run(capacity, 0, seed * 77_777);
            run(capacity, 30, seed * 77_777);
        }
    }
}
