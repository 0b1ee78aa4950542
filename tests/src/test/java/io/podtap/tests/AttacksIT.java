/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.testing.RequiresRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The attacks of {@code tests/attacks} that are quick, with the tools that they need. */
@RequiresRoot
@Tag("alone")
@RequiresTool({"curl", "hydra", "kubectl", "nc", "ncat", "openssl", "psql", "python3", "redis-cli"})
class AttacksIT {

  private static final int SECONDS_MAX = 400;

  @TempDir private Path folder;

  @Test
  void everyQuickAttackIsFoundAndNothingElse() throws IOException, InterruptedException {
    Path output = folder.resolve("table");
    ProcessBuilder kit =
        new ProcessBuilder(
                Repository.root().resolve("tests/attacks/run").toString(), "--fast", "--strict")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    kit.environment().put("PODTAP", Program.launcher().toString());
    Process process = kit.start();
    try {
      assertThat(process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)).as("ends in time").isTrue();
    } finally {
      process.destroy(); // which removes its network
      process.waitFor(20, TimeUnit.SECONDS);
    }
    String table = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(table)
        .contains("JNDI in a header, with its callback")
        .contains("inside TLS: no payload to look at")
        .contains(", 0 failed, 0 skipped");
    assertThat(process.exitValue()).as(table).isZero();
  }
}
