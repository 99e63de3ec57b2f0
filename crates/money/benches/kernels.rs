//! Kernels over flat arrays, in cells per second of one core. Knows no peers; those are compared
//! whole command by whole command under `benches/peers`.
//!
//! `cargo bench -p fenjie-money --bench kernels`

use divan::Bencher;
use divan::counter::ItemsCount;
use fenjie_money::kernel::{Periodic, share_down_tree};
use fenjie_money::{
    Bounds, Policy, Scratch, TextAllocator, Weights, allocate_bounded, allocate_text, allocate_with,
};

fn main() {
    divan::main();
}

/// Numbers that look random and are the same in every run.
struct Mixer(u64);

impl Mixer {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

/// A ragged tree of three levels under the root, each group about its level's fan-out in size.
fn ragged_tree(fans: &[u64], largest_weight: u64) -> (Vec<u32>, Vec<u32>) {
    let mut mixer = Mixer(7);
    let mut starts = vec![1u32];
    let mut level = 1u64;
    for &fan in fans {
        let mut next = 0;
        for _ in 0..level {
            let children = 1 + mixer.below(2 * fan - 1);
            next += children;
            starts.push(starts.last().unwrap_or(&1) + children as u32);
        }
        level = next;
    }
    let nodes = starts[starts.len() - 1] as usize;
    let weights = (0..nodes)
        .map(|_| 1 + mixer.below(largest_weight) as u32)
        .collect();
    (starts, weights)
}

const TREES: [(&str, &[u64], u64); 6] = [
    ("20·50·100·100 small weights", &[20, 50, 100, 100], 1_000),
    (
        "20·50·100·100 full weights",
        &[20, 50, 100, 100],
        u32::MAX as u64,
    ),
    ("100·100·100·10", &[100, 100, 100, 10], 1_000),
    ("500·500·10·4", &[500, 500, 10, 4], 1_000),
    ("10·10·100·1000", &[10, 10, 100, 1_000], 1_000),
    ("1·1·100·100000", &[1, 1, 100, 100_000], 1_000),
];

#[divan::bench(args = 0..TREES.len(), sample_count = 5)]
fn tree(bencher: Bencher, index: usize) {
    let (name, fans, largest) = TREES[index];
    let (starts, weights) = ragged_tree(fans, largest);
    let mut amounts = vec![0i64; weights.len()];
    let mut scratch = Scratch::default();
    eprintln!("{name}: {} nodes", weights.len());
    bencher
        .counter(ItemsCount::new(weights.len()))
        .bench_local(|| {
            share_down_tree(
                100_000_000_000,
                &starts,
                &weights,
                &mut amounts,
                &mut scratch,
            );
        });
}

#[divan::bench(args = [4, 12, 40, 365, 10_000, 1_000_000], sample_count = 50)]
fn one_group(bencher: Bencher, members: usize) {
    let mut mixer = Mixer(3);
    let weights: Vec<u64> = (0..members).map(|_| mixer.below(100_000)).collect();
    let mut parts = vec![0i64; members];
    let mut scratch = Scratch::default();
    bencher.counter(ItemsCount::new(members)).bench_local(|| {
        let policy = Policy::LargestRemainder;
        allocate_with(1_000_000_007, &weights, policy, &mut parts, &mut scratch);
    });
}

/// One person's year: day weights as in the brief, then four slots a day.
#[divan::bench(sample_count = 50)]
fn calendar_year_of_slots(bencher: Bencher) {
    let weekdays = [10, 10, 10, 10, 12, 15, 18];
    let days: Vec<u32> = (0..365).map(|day| weekdays[(day + 3) % 7]).collect();
    let days = Periodic::new(&days).expect("a year of small weights fits a table");
    let slots = Periodic::new(&[10, 30, 30, 30]).expect("four small weights fit a table");
    let people: Vec<i64> = (0..1_000)
        .map(|person| 100_000_000 + person * 12_345)
        .collect();
    let mut day_amounts = vec![0i64; 365];
    let mut cells = vec![0i64; 365 * 4];
    let all = people.len() * cells.len();
    bencher.counter(ItemsCount::new(all)).bench_local(|| {
        for &person in &people {
            days.share_into(person, &mut day_amounts);
            slots.share_each(&day_amounts, &mut cells);
            divan::black_box(&cells);
        }
    });
}

#[divan::bench(args = [10, 1_000, 100_000], sample_count = 20)]
fn bounded(bencher: Bencher, members: usize) {
    let mut mixer = Mixer(5);
    let weights: Vec<u64> = (0..members).map(|_| 1 + mixer.below(1_000)).collect();
    let bounds: Vec<Bounds> = (0..members)
        .map(|_| Bounds {
            floor: mixer.below(300) as i64,
            cap: 300 + mixer.below(900) as i64,
        })
        .collect();
    let mut parts = vec![0i64; members];
    let total = 500 * members as i64;
    bencher
        .counter(ItemsCount::new(members))
        .bench_local(|| allocate_bounded(total, &weights, &bounds, &mut parts));
}

#[divan::bench(sample_count = 50)]
fn ten_text_weights(bencher: Bencher) {
    let weights = [
        "98", "92", "98.5", "123", "102", "92", "7.25", "1", "55", "20",
    ];
    bencher
        .counter(ItemsCount::new(1usize))
        .bench_local(|| allocate_text("10000000.00", &weights, "largest_remainder", "0.01"));
}

/// The same into a kept line, as a stream of them is answered.
#[divan::bench(sample_count = 50)]
fn ten_text_weights_kept(bencher: Bencher) {
    let weights = [
        "98", "92", "98.5", "123", "102", "92", "7.25", "1", "55", "20",
    ];
    let mut allocator = TextAllocator::default();
    let mut line = String::new();
    bencher.counter(ItemsCount::new(1usize)).bench_local(|| {
        line.clear();
        let done = allocator
            .allocate("10000000.00", &weights, "largest_remainder", "0.01")
            .expect("plain weights");
        for part in 0..weights.len() {
            done.write_part(part, &mut line);
        }
        divan::black_box(&line);
    });
}

#[divan::bench(sample_count = 50)]
fn ten_big_weights(bencher: Bencher) {
    let texts: Vec<String> = (1..=10).map(|i| "9".repeat(30 + i)).collect();
    let weights = Weights::parse(&texts).expect("digits are weights");
    bencher
        .counter(ItemsCount::new(10usize))
        .bench_local(|| fenjie_money::allocate(1_000_000_000, &weights, Policy::LargestRemainder));
}
