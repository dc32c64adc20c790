package handlers

import (
	"sync"
	"time"
)

// seen remembers which reports of one kind came in this hour: each is logged once. It is
// bounded, by client before in all, so that a client who invents reports hides no other
// client's. What is beyond the bounds is named other.
type seen[K comparable] struct {
	mu     sync.Mutex
	began  time.Time // of the hour
	named  map[K]bool
	by     map[string]int // how many of those each client was the first to report
	labels map[K]bool     // of the metric, which forgets none
}

// How many reports are told apart: in an hour, of one client and of all, and by the
// metric.
const (
	namedPerClient = 20
	namedPerHour   = 300
	maxLabels      = 100
)

// otherName stands for what is beyond the bounds.
const otherName = "other"

// note answers the report as it is named, and whether it is the first of its kind in
// this hour.
func (s *seen[K]) note(report, other K, client string, now time.Time) (named K, isNew bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.named == nil || now.Sub(s.began) >= time.Hour {
		s.began, s.named, s.by = now, map[K]bool{}, map[string]int{}
	}
	if !s.named[report] {
		if s.by[client] >= namedPerClient || len(s.named) >= namedPerHour {
			report = other
		} else {
			s.by[client]++
		}
	}
	isNew = !s.named[report]
	s.named[report] = true
	return report, isNew
}

// label is what a report is counted under.
func (s *seen[K]) label(report, other K) K {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.labels == nil {
		s.labels = map[K]bool{}
	}
	if !s.labels[report] && len(s.labels) >= maxLabels {
		return other
	}
	s.labels[report] = true
	return report
}
