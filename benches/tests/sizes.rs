//! What the reference queries take: their plans on the wire, and their arenas.

use ringql_benches::queries::{ALL, Q4};
use ringql_benches::run::plan;
use ringql_core::plan::explain::Explanation;
use ringql_core::plan::wire;
use ringql_core::query::Query;

#[test]
fn q4_is_under_400_bytes_on_the_wire() {
    for batch_rows in [16, 64, 1_024] {
        let plan = plan(Q4, batch_rows);
        let len = wire::encoded_len(&plan.plan()).expect("a plan that can be written");
        println!("Q4 with batches of {batch_rows}: {len} bytes");
        assert!(len < 400, "{len} bytes");
        assert_eq!(wire::to_vec(&plan.plan()).expect("as before").len(), len);
    }
}

/// What `EXPLAIN` says is what is needed, to the byte: its parts sum to it, a block of that size is
/// enough, and a byte less is not.
#[test]
fn the_arena_is_the_one_that_explain_shows() {
    for (name, sql) in ALL {
        for batch_rows in [1, 16, 1_024] {
            let plan = plan(sql, batch_rows);
            let plan = plan.plan();
            let bytes = plan.arena_bytes();
            let explanation = Explanation::of(&plan, &ringql_core::function::ALL);
            assert_eq!(explanation.arena.total, bytes as u64, "{name}");
            let len = wire::encoded_len(&plan).expect("a plan that can be written");
            assert_eq!(explanation.plan_bytes, len as u64, "{name}");
            let arena = &explanation.arena;
            let parts = [arena.header, arena.streams, arena.registers, arena.operators];
            assert_eq!(parts.iter().sum::<u64>(), arena.total, "{name}");

            let mut arena = vec![0u64; bytes.div_ceil(8)];
            let arena = bytemuck::cast_slice_mut::<u64, u8>(&mut arena);
            assert!(Query::new(&plan, &mut arena[..bytes]).is_ok(), "{name}");
            assert!(Query::new(&plan, &mut arena[..bytes - 1]).is_err(), "{name}");
        }
    }
}
