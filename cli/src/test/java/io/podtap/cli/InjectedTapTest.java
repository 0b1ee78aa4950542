/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.manifest.Manifest;
import io.podtap.injector.tree.Tree;
import io.podtap.tap.command.TapCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** A tap reads from the environment that the injector gives it what the pod's annotations say. */
final class InjectedTapTest {

  private static final Map<String, String> OPTIONS =
      Map.of(
          "--sensor", "10.0.0.3,[fd00::3]:4790",
          "--vni", "0x2a",
          "--interface", "eth0,lo",
          "--filter", "host 10.0.0.9 or port 53",
          "--snaplen", "256",
          "--encapsulation", "geneve");

  @Test
  void saysWhatTheAnnotationsSay() throws IOException {
    String file = "annotations.yaml.out";
    String text = Files.readString(Path.of("../injector/src/test/resources/golden", file));
    Object container =
        Tree.list(
                Tree.at(
                    Manifest.parse(file, text).workloads().getFirst().pod(),
                    "spec",
                    "initContainers"))
            .getFirst();
    Map<String, String> environment = new HashMap<>();
    for (Object variable : Tree.list(Tree.at(container, "env"))) {
      environment.put(Tree.text(variable, "name"), Tree.text(variable, "value"));
    }
    CommandLine line = new CommandLine(new TapCommand());
    EnvironmentOptions options = new EnvironmentOptions(environment);
    line.setDefaultValueProvider(options);
    line.parseArgs();

    OPTIONS.forEach((name, value) ->
        assertThat(line.getCommandSpec().findOption(name).getValue().toString())
            .as(name)
            .isEqualTo(value));
    CommandLine podtap =
        new CommandLine(CommandLine.Model.CommandSpec.create()).addSubcommand("tap", line);
    assertThat(options.hasUnknown(podtap)).isFalse();
    assertThat(environment)
        .containsKeys(
            "POD_NAME",
            "POD_NAMESPACE",
            "POD_UID",
            "NODE_NAME",
            "POD_IPS",
            "SERVICE_ACCOUNT",
            "CONTAINER_IMAGE");
  }
}
