/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.cli.ledger.LedgerCommand;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Faults on the way from a whole tap to a whole sensor; {@code podtap ledger} is the judge. */
final class TlsTunnelTest {

  @TempDir Path folder;

  private static void await(String what, BooleanSupplier condition) {
    Awaitility.await(what)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .until(condition::getAsBoolean);
  }

  private static int ledger(TlsTunnel tunnel, String... more) {
    CommandLine line = new CommandLine(new LedgerCommand());
    String[] arguments = {tunnel.tapCounts().toString(), tunnel.tapLog().toString()};
    return line.execute(
        java.util.stream.Stream.concat(
                java.util.Arrays.stream(arguments), java.util.Arrays.stream(more))
            .toArray(String[]::new));
  }

  /** Lost segments of TCP are pauses to what is above it: here each fiftieth piece or so waits. */
  @Test
  void aSlowPathThatLosesCostsTime() throws Exception {
    try (TlsTunnel tunnel = new TlsTunnel(folder)) {
      tunnel.path().delay(50);
      tunnel.send(5_000, 200);
      Random random = new Random(4);
      while (!tunnel.isTapDone()) {
        tunnel.path().stall();
        Thread.sleep(random.nextInt(200)); // the fault itself, not a wait for anything
        tunnel.path().resume();
        Thread.sleep(random.nextInt(100));
      }
      tunnel.finish();
      assertThat(tunnel.received()).isEqualTo(5_000);
      assertThat(tunnel.connections()).isEqualTo(1);
      assertThat(ledger(tunnel, "--no-loss")).isZero();
    }
  }

  @Test
  void certificatesAreRotatedWithoutLosingTheStream() throws Exception {
    try (TlsTunnel tunnel = new TlsTunnel(folder)) {
      tunnel.send(10_000, 1_000);
      await("packets", () -> tunnel.received() > 500);
      tunnel.rotate("sensor");
      tunnel.rotate("tap");
      await("new certificates", () -> tunnel.news().toString().contains("new certificates"));
      assertThat(tunnel.connections()).isEqualTo(1);
      tunnel.finish();
      assertThat(tunnel.received()).isEqualTo(10_000);
      assertThat(tunnel.connections()).isEqualTo(1);
      assertThat(ledger(tunnel, "--no-loss")).isZero();
    }
  }

  @Test
  void brokenConnectionsCostWhatWasOnItsWayAndTheLedgerSaysHowMuch() throws Exception {
    try (TlsTunnel tunnel = new TlsTunnel(folder)) {
      tunnel.send(20_000, 500);
      for (int i = 1; i <= 3; i++) {
        long before = tunnel.received();
        await("packets", () -> tunnel.received() > before + 300);
        tunnel.path().cut();
        int made = i + 1;
        await("another connection", () -> tunnel.connections() >= made);
      }
      tunnel.finish();
      assertThat(ledger(tunnel)).isZero();
    }
  }
}
