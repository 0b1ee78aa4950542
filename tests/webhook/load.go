// Package main sends admission reviews to a webhook as kube-apiserver does, and says how long the answers took.
//
// In: the path, the authority's PEM file, reviews a second, seconds, the file of addresses. Out: one row per period. Reviews are due at random
// times (Poisson), whatever became of those before, and times count from when a review was due: a webhook that stands still
// for a moment pays for all that were due meanwhile.
//
// A new connection goes to any of the addresses that stand in a file then: a Service.
//
// The transport is set as client-go sets it for webhooks: HTTP/1.1 kept alive (k8s.io/apiserver pkg/util/webhook/client.go,
// NextProtos), 25 idle connections a host (k8s.io/client-go transport/cache.go), 2 s as our configuration says.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	_ "embed"
)

//go:embed review.json
var review []byte

const (
	timeout     = 2 * time.Second
	firstPeriod = 5 * time.Second
)

type answer struct {
	due     time.Duration
	took    time.Duration
	problem error
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) != 5 {
		return errors.New("PATH AUTHORITY REVIEWS_PER_SECOND SECONDS ADDRESSES")
	}
	authority, err := os.ReadFile(arguments[1])
	if err != nil {
		return err
	}
	rate, err := strconv.ParseFloat(arguments[2], 64)
	if err != nil {
		return err
	}
	seconds, err := strconv.Atoi(arguments[3])
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := &http.Client{Transport: &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: roots, NextProtos: []string{"http/1.1"}},
		DialContext:         service(arguments[4]),
		MaxIdleConnsPerHost: 25,
		DisableCompression:  true,
	}}
	answers := load(client, "https://127.0.0.1"+arguments[0], rate, time.Duration(seconds)*time.Second)
	fmt.Println("| seconds | reviews | failed | p50 ms | p99 ms | p99.9 ms | max ms |")
	fmt.Println("|---|--:|--:|--:|--:|--:|--:|")
	row("first 5", answers, 0, firstPeriod)
	row("after", answers, firstPeriod, time.Hour)
	return nil
}

func service(file string) func(context.Context, string, string) (net.Conn, error) {
	return func(limit context.Context, network, _ string) (net.Conn, error) {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		addresses := strings.Fields(string(text))
		return new(net.Dialer).DialContext(limit, network, addresses[rand.IntN(len(addresses))])
	}
}

// load sends reviews until the time is over and waits for the last answer.
func load(client *http.Client, url string, rate float64, length time.Duration) []answer {
	random := rand.New(rand.NewPCG(1, 2))
	var lock sync.Mutex
	var pending sync.WaitGroup
	var answers []answer
	start := time.Now()
	for due := time.Duration(0); due < length; due += time.Duration(random.ExpFloat64() / rate * float64(time.Second)) {
		time.Sleep(time.Until(start.Add(due)))
		pending.Add(1)
		go func() {
			defer pending.Done()
			problem := ask(client, url)
			took := time.Since(start.Add(due))
			lock.Lock()
			defer lock.Unlock()
			answers = append(answers, answer{due, took, problem})
		}()
	}
	pending.Wait()
	return answers
}

func ask(client *http.Client, url string) error {
	limit, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(limit, http.MethodPost, url, bytes.NewReader(review))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	var said struct {
		Response struct{ Patch []byte }
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK || len(said.Response.Patch) == 0 {
		return fmt.Errorf("%d %s", response.StatusCode, body)
	}
	return nil
}

func row(name string, answers []answer, from, to time.Duration) {
	var times []time.Duration
	failed := map[string]int{}
	for _, a := range answers {
		if a.due < from || a.due >= to {
			continue
		}
		times = append(times, a.took)
		if a.problem != nil {
			failed[a.problem.Error()]++
		}
	}
	if len(times) == 0 {
		return
	}
	slices.Sort(times)
	at := func(share float64) float64 {
		return float64(times[min(len(times)-1, int(share*float64(len(times))))].Microseconds()) / 1000
	}
	count := 0
	for problem, times := range failed {
		count += times
		fmt.Fprintf(os.Stderr, "load: %d times %s\n", times, problem)
	}
	fmt.Printf("| %s | %d | %d | %.1f | %.1f | %.1f | %.1f |\n", name, len(times), count, at(0.5), at(0.99), at(0.999), at(1))
}
