//! Rings and channels: 24-byte records from one thread to another.
//!
//!     cargo bench -p ringql-benches --bench rings
//!
//! Every one is checked to bring all records over, in order. Threads spin and let others run now
//! and then; tokio's are two tasks on two workers, as its users would write it.

#![allow(missing_docs)]

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ringql_benches::rings::Wait;
use rtrb::RingBuffer;

const ROWS: u64 = 1_000_000;
const CAPACITY: usize = 16_384;

type Record = [u64; 3];

const fn record(i: u64) -> Record {
    [i, !i, i << 1]
}

/// What a receiver makes of the records: as much as is needed to see that each came, in order.
#[derive(Default)]
struct Received {
    next: u64,
    wrong: u64,
}

impl Received {
    fn take(&mut self, record: Record) {
        self.wrong |= (record[0] ^ self.next) | (record[1] ^ !self.next);
        self.next += 1;
    }

    fn check(self) {
        assert_eq!((self.next, self.wrong), (ROWS, 0));
    }
}

/// Repeats until something comes back.
fn spin<R>(wait: &mut Wait, mut once: impl FnMut() -> Option<R>) -> R {
    loop {
        match once() {
            Some(result) => return result,
            None => wait.pause(),
        }
    }
}

/// One thread sends and this one receives; each is given all it has to do.
fn between(send: impl FnOnce(&mut Wait) + Send, receive: impl FnOnce(&mut Wait, &mut Received)) {
    let mut received = Received::default();
    thread::scope(|scope| {
        scope.spawn(move || send(&mut Wait::default()));
        receive(&mut Wait::default(), &mut received);
    });
    received.check();
}

fn rtrb_single() {
    let (mut producer, mut consumer) = RingBuffer::<Record>::new(CAPACITY);
    between(
        move |wait| {
            for i in 0..ROWS {
                spin(wait, || producer.push(record(i)).ok());
            }
        },
        |wait, received| {
            for _ in 0..ROWS {
                received.take(spin(wait, || consumer.pop().ok()));
            }
        },
    );
}

/// Takes all that is there, at most `chunk` records at once.
fn receive_chunks(
    mut consumer: rtrb::Consumer<Record>,
    chunk: usize,
) -> impl FnOnce(&mut Wait, &mut Received) {
    move |wait, received| {
        while received.next < ROWS {
            let slots = spin(wait, || Some(consumer.slots().min(chunk)).filter(|slots| *slots > 0));
            let records = consumer.read_chunk(slots).expect("slots that are there");
            let (first, second) = records.as_slices();
            first.iter().chain(second).for_each(|record| received.take(*record));
            records.commit_all();
        }
    }
}

fn rtrb_chunked(chunk: usize) {
    let (mut producer, consumer) = RingBuffer::<Record>::new(CAPACITY);
    let send = move |wait: &mut Wait| {
        let mut i = 0;
        while i < ROWS {
            let rows = chunk.min((ROWS - i) as usize);
            let slots = spin(wait, || (producer.slots() >= rows).then_some(rows));
            let records = producer.write_chunk_uninit(slots).expect("slots that are there");
            i += records.fill_from_iter((i..).map(record)) as u64;
        }
    };
    between(send, receive_chunks(consumer, chunk));
}

fn rtrb_from_slice(rows: &[Record], chunk: usize) {
    let (mut producer, consumer) = RingBuffer::<Record>::new(CAPACITY);
    let send = move |wait: &mut Wait| {
        for part in rows.chunks(chunk) {
            let slots = spin(wait, || (producer.slots() >= part.len()).then_some(part.len()));
            let records = producer.write_chunk_uninit(slots).expect("slots that are there");
            records.fill_from_iter(part.iter().copied());
        }
    };
    between(send, receive_chunks(consumer, chunk));
}

fn heapless_spsc(queue: &mut heapless::spsc::Queue<Record, CAPACITY>) {
    let (mut producer, mut consumer) = queue.split();
    between(
        move |wait| {
            for i in 0..ROWS {
                spin(wait, || producer.enqueue(record(i)).ok());
            }
        },
        |wait, received| {
            for _ in 0..ROWS {
                received.take(spin(wait, || consumer.dequeue()));
            }
        },
    );
}

fn std_sync_channel() {
    let (sender, receiver) = mpsc::sync_channel(CAPACITY);
    between(
        move |_| (0..ROWS).for_each(|i| sender.send(record(i)).expect("a receiver")),
        |_, received| receiver.iter().for_each(|record| received.take(record)),
    );
}

fn crossbeam_bounded() {
    let (sender, receiver) = crossbeam_channel::bounded(CAPACITY);
    between(
        move |_| (0..ROWS).for_each(|i| sender.send(record(i)).expect("a receiver")),
        |_, received| receiver.iter().for_each(|record| received.take(record)),
    );
}

fn tokio_bounded(runtime: &tokio::runtime::Runtime) {
    let (sender, mut receiver) = tokio::sync::mpsc::channel(CAPACITY);
    runtime.spawn(async move {
        for i in 0..ROWS {
            sender.send(record(i)).await.expect("a receiver");
        }
    });
    let received = runtime.spawn(async move {
        let mut received = Received::default();
        while let Some(record) = receiver.recv().await {
            received.take(record);
        }
        received
    });
    runtime.block_on(received).expect("a task that ends").check();
}

fn tokio_unbounded(runtime: &tokio::runtime::Runtime) {
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    runtime.spawn(async move {
        for i in 0..ROWS {
            sender.send(record(i)).expect("a receiver");
        }
    });
    let received = runtime.spawn(async move {
        let mut received = Received::default();
        while let Some(record) = receiver.recv().await {
            received.take(record);
        }
        received
    });
    runtime.block_on(received).expect("a task that ends").check();
}

fn rings(c: &mut Criterion) {
    let rows: Vec<Record> = (0..ROWS).map(record).collect();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().expect("threads");
    let mut queue = Box::new(heapless::spsc::Queue::new());
    let (rows, runtime) = (&rows[..], &runtime);
    let mut all: Vec<(String, Box<dyn FnMut() + '_>)> =
        vec![("rtrb, one by one".into(), Box::new(rtrb_single))];
    for chunk in [16, 64, 256, 1024] {
        all.push((format!("rtrb, chunks of {chunk}"), Box::new(move || rtrb_chunked(chunk))));
    }
    let from_slice = Box::new(move || rtrb_from_slice(rows, 1024));
    all.push(("rtrb, chunks of 1024 from a slice".into(), from_slice));
    all.push(("heapless::spsc".into(), Box::new(|| heapless_spsc(&mut queue))));
    all.push(("std sync_channel".into(), Box::new(std_sync_channel)));
    all.push(("crossbeam bounded".into(), Box::new(crossbeam_bounded)));
    all.push(("tokio bounded".into(), Box::new(|| tokio_bounded(runtime))));
    all.push(("tokio unbounded".into(), Box::new(|| tokio_unbounded(runtime))));
    let mut group = c.benchmark_group("rings between two threads");
    group.throughput(Throughput::Elements(ROWS));
    let mut best = vec![f64::INFINITY; all.len()];
    for ((name, once), best) in all.iter_mut().zip(&mut best) {
        group.bench_function(name.as_str(), |b| {
            b.iter_custom(|times| {
                let all = (0..times).map(|_| {
                    let start = Instant::now();
                    once();
                    let took = start.elapsed();
                    *best = best.min(took.as_secs_f64());
                    took
                });
                all.sum()
            });
        });
    }
    group.finish();
    println!("\nThe best run of each, million records a second");
    println!("(means are less than half of it where other programs take the cores)");
    for ((name, _), best) in all.iter().zip(best) {
        println!("{name:<40}{:>8.1}", ROWS as f64 / best / 1e6);
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .nresamples(1_000)
        .without_plots()
        .warm_up_time(Duration::from_millis(50))
        .measurement_time(Duration::from_millis(300));
    targets = rings
}
criterion_main!(benches);
