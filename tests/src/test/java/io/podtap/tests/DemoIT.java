/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first thing that a newcomer starts: it shows the main job and leaves nothing behind. */
@RequiresRoot
class DemoIT {

  @TempDir private Path folder;

  @Test
  void showsRecordsAndABalancedLedgerAndCleansUp() {
    try (Program demo =
        Program.start(List.of(), Map.of(), folder, "demo", "demo", "--bulk-bytes", "5000000")) {
      int code = demo.await();

      assertThat(code).as(demo.output() + demo.errorOutput()).isZero();
      assertThat(demo.output())
          .contains("It adds up.")
          .contains("10.70.0.2:")
          .doesNotContain("RST")
          .contains("[fd70::2]:");
      assertThat(namespacesOf(demo)).isEmpty();
    }
  }

  @Test
  void showsAnAttackAndItsNotices() {
    try (Program demo = Program.start(List.of(), Map.of(), folder, "demo", "demo", "--attack")) {
      int code = demo.await();

      assertThat(code).as(demo.output() + demo.errorOutput()).isZero();
      assertThat(demo.output())
          .contains("Cluster::JNDI_Lookup")
          .contains("Cluster::JNDI_Callback")
          .contains("Cluster::Mining")
          .contains("It adds up.");
      assertThat(namespacesOf(demo)).isEmpty();
    }
  }

  @Test
  void cleansUpWhenInterrupted() {
    try (Program demo = Program.start(List.of(), Map.of(), folder, "demo", "demo")) {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (!demo.output().contains("Connection records") && System.nanoTime() < end) {
        Program.pause(50);
      }
      assertThat(namespacesOf(demo)).as(demo.output() + demo.errorOutput()).hasSize(4);
      demo.signal("INT");
      demo.await();

      assertThat(namespacesOf(demo)).isEmpty();
      assertThat(demo.errorOutput()).doesNotContain("Exception");
    }
  }

  /** Wherever in its making the network is: the moments are spread over it. */
  @Test
  void cleansUpWhenInterruptedWhileMakingTheNetwork() {
    for (int namespaces = 1; namespaces <= 3; namespaces++) {
      try (Program demo = Program.start(List.of(), Map.of(), folder, "demo", "demo")) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (namespacesOf(demo).size() < namespaces && System.nanoTime() < end) {
          Program.pause(1);
        }
        demo.signal("INT");
        demo.await();

        assertThat(namespacesOf(demo)).isEmpty();
        assertThat(demo.errorOutput()).isEmpty();
      }
    }
  }

  @Test
  void refusesAFolderThatCannotBe() {
    try (Program demo =
        Program.start(List.of(), Map.of(), folder, "demo", "demo", "--keep-logs", "/proc/none")) {
      assertThat(demo.await()).isEqualTo(2);
      assertThat(demo.errorLines())
          .containsExactly("podtap: log folder '/proc/none' cannot be created");
    }
  }

  @Test
  @RequiresTool("setpriv")
  void showsTheSameWithoutRoot() {
    Commands.run("chmod", "1777", folder.toString());
    String writable = folder.toString();
    try (Program demo =
        Program.start(
            List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
            Map.of("HOME", writable, "TMPDIR", writable),
            folder,
            "demo",
            "demo")) {
      int code = demo.await();

      assertThat(code).as(demo.output() + demo.errorOutput()).isZero();
      assertThat(demo.output()).contains("Not root").contains("It adds up.");
    }
  }

  /** The demo's namespaces carry its process id: others may run a demo at the same time. */
  private static List<String> namespacesOf(Program demo) {
    return Commands.lines("ip", "netns", "list").stream()
        .filter(line -> line.startsWith("podtap-demo-" + demo.pid() + "-"))
        .toList();
  }
}
