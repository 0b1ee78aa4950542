/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.trust.Trust;
import io.podtap.core.trust.TrustFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class PkiTest {

  @TempDir private Path folder;
  private String said = "";

  private int run(String... more) {
    CommandLine line = new CommandLine(new Pki());
    line.setExecutionExceptionHandler((failure, command, parsed) -> {
      said = String.valueOf(failure.getMessage());
      return 2;
    });
    List<String> arguments = new ArrayList<>(List.of("--dir", folder.toString()));
    arguments.addAll(List.of(more));
    return line.execute(arguments.toArray(String[]::new));
  }

  private Trust trust(String name) {
    Path from = folder.resolve(name);
    return Trust.load(
        TrustFiles.of(from.resolve("tls.crt"), from.resolve("tls.key"), from.resolve("ca.crt")),
        List.of());
  }

  @Test
  void makesASensorAndATapForEachNamespace() throws IOException {
    assertThat(run("--sensor", "sensor.example,192.0.2.1", "--tap", "shop,web")).isZero();
    assertThat(trust("sensor").names().dns()).containsExactly("sensor.example");
    assertThat(trust("sensor").names().addresses()).containsExactly("192.0.2.1");
    assertThat(trust("tap-shop").names().namespaces()).containsExactly("shop");
    assertThat(trust("tap-web").names().namespaces()).containsExactly("web");
    assertThat(Files.getPosixFilePermissions(folder.resolve("ca.key"))).hasSize(2);
  }

  @Test
  void theAuthorityThatIsThereSignsAgain() throws IOException {
    run();
    Trust before = trust("tap-default");
    String authority = Files.readString(folder.resolve("ca.crt"));
    assertThat(run("--days", "10")).isZero();
    assertThat(folder.resolve("ca.crt")).hasContent(authority);
    assertThat(before.refresh()).isTrue();
    assertThat(before.end()).isBefore(trust("sensor").end().plusSeconds(60));
  }

  @Test
  void refusesWhatIsNoName() {
    assertThat(run("--tap", "Shop!")).isEqualTo(2);
    assertThat(said).isEqualTo("invalid namespace 'Shop!'");
    assertThat(run("--days", "0")).isEqualTo(2);
    assertThat(said).isEqualTo("days 0 is out of range 1 to 3650");
    assertThat(folder).isEmptyDirectory();
  }
}
