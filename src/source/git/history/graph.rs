//! The graph of commits: who comes first, and who can be reached.

use super::parse::Links;
use gix_hash::ObjectId;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashSet};

/// A commit's place in the [`Graph`].
pub(in crate::source::git) type Index = u32;

/// All commits and their parents. Replace references and grafts change nothing here.
#[derive(Debug, Default)]
pub(in crate::source::git) struct Graph {
    nodes: Vec<Node>,
    parents: Vec<Index>,
    /// Parents that are not here, with a child of each.
    absent: Vec<(Index, ObjectId)>,
}

#[derive(Debug)]
struct Node {
    id: ObjectId,
    tree: ObjectId,
    time: i64,
    first_parent: usize,
    boundary: bool,
}

impl Graph {
    /// From commits sorted by id. Those of `shallow` have no parents here.
    pub(in crate::source::git) fn new(commits: &[(ObjectId, Links)], shallow: &[ObjectId]) -> Graph {
        let cut: HashSet<&ObjectId> = shallow.iter().collect();
        let mut graph = Graph::default();
        graph.nodes.reserve_exact(commits.len());
        for (at, (id, links)) in commits.iter().enumerate() {
            let boundary = !links.parents.is_empty() && cut.contains(id);
            let first_parent = graph.parents.len();
            for parent in links.parents.iter().filter(|_| !boundary) {
                match commits.binary_search_by_key(&parent, |(id, _)| id) {
                    Ok(found) => graph.parents.push(found as Index),
                    Err(_) => graph.absent.push((at as Index, *parent)),
                }
            }
            graph.nodes.push(Node { id: *id, tree: links.tree, time: links.time, first_parent, boundary });
        }
        graph
    }

    pub(in crate::source::git) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(in crate::source::git) fn find(&self, id: &ObjectId) -> Option<Index> {
        self.nodes.binary_search_by_key(&id, |n| &n.id).ok().map(|at| at as Index)
    }

    pub(in crate::source::git) fn id(&self, at: Index) -> &ObjectId {
        &self.nodes[at as usize].id
    }

    pub(in crate::source::git) fn tree(&self, at: Index) -> &ObjectId {
        &self.nodes[at as usize].tree
    }

    /// Whether the history was cut off at this commit.
    pub(in crate::source::git) fn is_boundary(&self, at: Index) -> bool {
        self.nodes[at as usize].boundary
    }

    /// The parents that are here.
    pub(in crate::source::git) fn parents(&self, at: Index) -> &[Index] {
        let end = self.nodes.get(at as usize + 1).map_or(self.parents.len(), |next| next.first_parent);
        &self.parents[self.nodes[at as usize].first_parent..end]
    }

    /// The absent parents of the commits that `reached` holds.
    pub(in crate::source::git) fn absent_parents(&self, reached: &[bool]) -> impl Iterator<Item = &ObjectId> {
        self.absent.iter().filter(|(child, _)| reached[*child as usize]).map(|(_, id)| id)
    }

    /// Which commits the roots lead to, the roots among them.
    pub(in crate::source::git) fn reach(&self, roots: impl IntoIterator<Item = Index>) -> Vec<bool> {
        let mut reached = vec![false; self.len()];
        let mut open: Vec<Index> = roots.into_iter().collect();
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut reached[at as usize], true) {
                open.extend_from_slice(self.parents(at));
            }
        }
        reached
    }

    /// All commits, parents first, ties by date, then by id; those of `first` (closed under parents) before the others.
    pub(in crate::source::git) fn order(&self, first: &[bool]) -> Vec<Index> {
        let (children, starts) = self.children();
        let mut waiting: Vec<u32> = (0..self.len()).map(|at| self.parents(at as Index).len() as u32).collect();
        let mut out = Vec::with_capacity(self.len());
        let mut ready = BinaryHeap::new();
        for now in [true, false] {
            let is_ready = |at: &usize, waiting: &[u32]| first[*at] == now && waiting[*at] == 0;
            let free = (0..self.len()).filter(|at| is_ready(at, &waiting));
            ready.extend(free.map(|at| Reverse((self.nodes[at].time, at as Index))));
            while let Some(Reverse((_, at))) = ready.pop() {
                out.push(at);
                for &child in &children[starts[at as usize]..starts[at as usize + 1]] {
                    waiting[child as usize] -= 1;
                    if is_ready(&(child as usize), &waiting) {
                        ready.push(Reverse((self.nodes[child as usize].time, child)));
                    }
                }
            }
        }
        out
    }

    /// Children, and where each commit's begin.
    fn children(&self) -> (Vec<Index>, Vec<usize>) {
        let mut starts = vec![0usize; self.len() + 1];
        for &parent in &self.parents {
            starts[parent as usize + 1] += 1;
        }
        for at in 0..self.len() {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut children = vec![0; self.parents.len()];
        for at in 0..self.len() as Index {
            for &parent in self.parents(at) {
                children[next[parent as usize]] = at;
                next[parent as usize] += 1;
            }
        }
        (children, starts)
    }
}

/// Each commit's place in an order.
pub(in crate::source::git) fn ranks(order: &[Index]) -> Vec<u64> {
    let mut ranks = vec![0; order.len()];
    for (rank, at) in order.iter().enumerate() {
        ranks[*at as usize] = rank as u64;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ObjectId {
        ObjectId::Sha1([n; 20])
    }

    /// Commits as (id, time, parents).
    fn graph(commits: &[(u8, i64, &[u8])], shallow: &[u8]) -> Graph {
        let links =
            |time, parents: &[u8]| Links { tree: id(0), parents: parents.iter().map(|p| id(*p)).collect(), time };
        let all: Vec<_> = commits.iter().map(|(n, time, parents)| (id(*n), links(*time, parents))).collect();
        Graph::new(&all, &shallow.iter().map(|n| id(*n)).collect::<Vec<_>>())
    }

    fn order(graph: &Graph, roots: &[u8]) -> Vec<u8> {
        let reached = graph.reach(roots.iter().filter_map(|n| graph.find(&id(*n))));
        graph.order(&reached).into_iter().map(|at| graph.id(at).as_slice()[0]).collect()
    }

    #[test]
    fn parents_come_first_whatever_the_clocks_say() {
        let g = graph(&[(1, 5, &[2]), (2, 100, &[3]), (3, 50, &[])], &[]);
        assert_eq!(order(&g, &[1]), [3, 2, 1]);
    }

    #[test]
    fn ties_go_by_date_then_id() {
        let g = graph(&[(1, 10, &[9]), (2, 5, &[9]), (3, 5, &[9]), (4, 20, &[1, 2, 3]), (9, 1, &[])], &[]);
        assert_eq!(order(&g, &[4]), [9, 2, 3, 1, 4]);
    }

    #[test]
    fn unreachable_commits_come_last() {
        let g = graph(&[(1, 1, &[]), (2, 50, &[]), (3, 60, &[2]), (4, 2, &[2])], &[]);
        assert_eq!(order(&g, &[3]), [2, 3, 1, 4]);
    }

    #[test]
    fn absent_parents_and_boundaries() {
        let g = graph(&[(1, 1, &[7]), (2, 1, &[8]), (3, 1, &[6])], &[2]);
        let reached = g.reach([g.find(&id(1)).unwrap(), g.find(&id(2)).unwrap()]);
        assert_eq!(g.absent_parents(&reached).collect::<Vec<_>>(), [&id(7)]);
        assert!(g.is_boundary(1) && !g.is_boundary(0));
    }
}
