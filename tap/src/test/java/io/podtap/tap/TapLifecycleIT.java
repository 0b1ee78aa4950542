/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.core.testing.NetworkNamespace;
import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Taps that were opened leave nothing behind: no descriptor, no ring, no memory. */
@RequiresRoot
final class TapLifecycleIT {

  private static final int ROUNDS = 30;

  private static long descriptors() throws IOException {
    try (var names = Files.list(Path.of("/proc/self/fd"))) {
      return names.count();
    }
  }

  private static long rings() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/maps")).stream()
        .filter(line -> line.contains("socket:["))
        .count();
  }

  private static long residentKib() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void openedAndClosedManyTimes() throws Exception {
    try (NetworkNamespace pod = NetworkNamespace.create("pod")) {
      TapSettings settings = RunningTap.settings("lo", "127.0.0.1,[::1]", "udp");
      for (int i = 0; i < 5; i++) {
        run(pod, settings);
      }
      long descriptors = descriptors();
      long resident = residentKib();
      for (int i = 0; i < ROUNDS; i++) {
        run(pod, settings);
      }
      assertThat(rings()).isZero();
      assertThat(descriptors()).isLessThan(descriptors + 10);
      assertThat(residentKib() - resident).as("KiB").isLessThan(32 << 10);
    }
  }

  private static void run(NetworkNamespace pod, TapSettings settings) throws Exception {
    try (RunningTap tap = new RunningTap(pod, settings)) {
      assertThat(
              tap.tap
                  .control()
                  .offer(() -> tap.tap.changeSensors(List.of(RunningTap.endpoint("127.0.0.2")))))
          .isTrue();
      tap.tap.stop();
    }
  }

  @Test
  void refusedHalfWay() throws Exception {
    try (NetworkNamespace pod = NetworkNamespace.create("pod")) {
      List<TapSettings> mistakes =
          List.of(
              RunningTap.settings("lo,eth7", "127.0.0.1", ""),
              RunningTap.settings("lo", "127.0.0.1,192.0.2.1", ""),
              RunningTap.settings("lo", "127.0.0.1", "tpc"));
      long before = 0;
      for (int i = 0; i < ROUNDS; i++) {
        for (TapSettings mistake : mistakes) {
          assertThatThrownBy(() -> new RunningTap(pod, mistake))
              .isInstanceOf(SettingsException.class);
        }
        before = i == 4 ? descriptors() : before;
      }
      assertThat(rings()).isZero();
      assertThat(descriptors()).isLessThan(before + 10);
    }
  }
}
