// SPDX-License-Identifier: Apache-2.0

package comparison

import (
	"errors"
	"sync"
	"testing"
	"time"

	"comparison/gobreaker"
)

// The same operation as in the Swift benchmarks: it returns a value and does nothing else.
func call(value int) func() (int, error) {
	return func() (int, error) { return value, nil }
}

// A breaker that judges the last ten seconds in ten slices, as the other side does by default.
func windowed() gobreaker.Settings {
	return gobreaker.Settings{
		Interval:     10 * time.Second,
		BucketPeriod: time.Second,
		ReadyToTrip: func(counts gobreaker.Counts) bool {
			return counts.ConsecutiveFailures >= 5 ||
				counts.Requests >= 10 && float64(counts.TotalFailures) >= 0.5*float64(counts.Requests)
		},
	}
}

func execute(b *testing.B, breaker *gobreaker.CircuitBreaker[int]) {
	for operation := 0; operation < b.N; operation++ {
		if value, err := breaker.Execute(call(operation)); err != nil || value != operation {
			b.Fatal("the breaker rejects")
		}
	}
}

func BenchmarkClosed(b *testing.B) {
	b.ReportAllocs()
	execute(b, gobreaker.NewCircuitBreaker[int](gobreaker.Settings{}))
}

func BenchmarkClosedWindow(b *testing.B) {
	b.ReportAllocs()
	execute(b, gobreaker.NewCircuitBreaker[int](windowed()))
}

func BenchmarkOpen(b *testing.B) {
	breaker := gobreaker.NewCircuitBreaker[int](gobreaker.Settings{Timeout: 24 * time.Hour})
	for breaker.State() == gobreaker.StateClosed {
		_, _ = breaker.Execute(func() (int, error) { return 0, errors.New("refused") })
	}
	b.ReportAllocs()
	b.ResetTimer()
	for operation := 0; operation < b.N; operation++ {
		if _, err := breaker.Execute(call(operation)); err == nil {
			b.Fatal("the breaker admits")
		}
	}
}

// Every one of two callers does b.N operations: the time is that of one caller for one operation.
func BenchmarkTwoCallers(b *testing.B) {
	breaker := gobreaker.NewCircuitBreaker[int](windowed())
	var start, done sync.WaitGroup
	start.Add(1)
	done.Add(2)
	for caller := 0; caller < 2; caller++ {
		go func() {
			defer done.Done()
			start.Wait()
			execute(b, breaker)
		}()
	}
	b.ReportAllocs()
	b.ResetTimer()
	start.Done()
	done.Wait()
}
