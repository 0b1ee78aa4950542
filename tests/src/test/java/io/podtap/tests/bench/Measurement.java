/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests.bench;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One tap under one load; sums over the measured runs, means where a mean makes sense.
 *
 * @param tapSeconds CPU of the tap's processes; 0 when the kernel does the work
 * @param machineSeconds CPU of the whole machine, other people's processes left out
 * @param bytes what the client sent and received
 * @param packets the same, as packets on a wire
 * @param mirroredBytes what the sensor received, without the tunnel's headers
 * @param losses what the tap says it lost, warming up included
 * @param lostWarm packets of them lost in the measured runs; empty when the tap does not say
 * @param peakKibibytes largest resident set of the tap
 * @param outcome how the load fared, means
 * @param firstMilliseconds from the tap's start to the first mirrored packet; NaN when none came
 */
record Measurement(
    double tapSeconds,
    double machineSeconds,
    double bytes,
    double packets,
    double mirroredBytes,
    Tap.Losses losses,
    OptionalLong lostWarm,
    long peakKibibytes,
    Load.Outcome outcome,
    double firstMilliseconds) {

  private static final int TRICKLE_MILLISECONDS = 200;
  private static final int SETTLE_MILLISECONDS = 500;
  private static final int FIRST_MILLISECONDS_MAX = 10_000;
  private static final int POLL_MILLISECONDS = 20;

  /**
   * How long and how often a load runs.
   *
   * @param seconds of one run
   * @param warm runs before the measured ones
   * @param measured runs that count
   * @param rounds how often every tap is started anew and measured, in turn
   */
  record Plan(int seconds, int warm, int measured, int rounds) {}

  /** Starts the tap, runs the load, ends the tap. */
  static Measurement take(Testbed testbed, Tap tap, Load load, Plan plan) throws IOException {
    Process trickle = testbed.trickle();
    Testbed.pause(TRICKLE_MILLISECONDS);
    testbed.resetMirrored();
    Instant start = Instant.now();
    Tap.Running running = tap.start(testbed);
    try {
      double first = tap.isMirroring() ? firstMirrored(testbed, start) : Double.NaN;
      trickle.destroy();
      Testbed.pause(SETTLE_MILLISECONDS);
      for (int i = 0; i < plan.warm(); i++) {
        load.run(plan.seconds());
      }
      Optional<Tap.Losses> cold = running.losses();
      Optional<ProcessHandle> process = running.process();
      testbed.resetMirrored();
      Testbed.Traffic traffic = testbed.traffic();
      double tapBefore = process.isPresent() ? Cpu.ofTree(process.get()) : 0;
      double machineBefore = Cpu.ofMachineWithoutOthers();
      double throughput = 0;
      double p99 = 0;
      String unit = "";
      for (int i = 0; i < plan.measured(); i++) {
        Load.Outcome outcome = load.run(plan.seconds());
        throughput += outcome.throughput() / plan.measured();
        p99 += outcome.p99() / plan.measured();
        unit = outcome.unit();
      }
      Testbed.pause(SETTLE_MILLISECONDS);
      double machine = Cpu.ofMachineWithoutOthers() - machineBefore;
      double tapSeconds = process.isPresent() ? Cpu.ofTree(process.get()) - tapBefore : 0;
      long peak = process.isPresent() ? Cpu.peakKibibytes(process.get()) : 0;
      Testbed.Traffic after = testbed.traffic();
      Testbed.Mirrored mirrored = testbed.mirrored();
      Tap.Losses losses = running.stop();
      return new Measurement(
          tapSeconds,
          machine,
          after.bytes() - traffic.bytes(),
          after.packets() - traffic.packets(),
          mirrored.bytes(),
          losses,
          cold.isEmpty() ? OptionalLong.empty() : OptionalLong.of(losses.all() - cold.get().all()),
          peak,
          new Load.Outcome(throughput, unit, p99),
          first);
    } catch (IOException | RuntimeException e) {
      try {
        running.stop();
      } catch (IOException | RuntimeException stopping) {
        e.addSuppressed(stopping);
      }
      throw e;
    } finally {
      trickle.destroy();
    }
  }

  private static double firstMirrored(Testbed testbed, Instant start) throws IOException {
    double started = start.getEpochSecond() * 1e3 + start.getNano() / 1e6;
    for (int waited = 0; waited < FIRST_MILLISECONDS_MAX; waited += POLL_MILLISECONDS) {
      double first = testbed.mirrored().firstNanoseconds();
      if (first > 0) {
        return first / 1e6 - started;
      }
      Testbed.pause(POLL_MILLISECONDS);
    }
    return Double.NaN;
  }
}
