/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class FormerNamesTest {

  private String said = "";

  private <T> T listen(Supplier<T> action) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      return action.get();
    } finally {
      System.setErr(before);
      said = bytes.toString(StandardCharsets.UTF_8);
    }
  }

  @Test
  void optionsAreReplacedWithAWarning() {
    assertThat(listen(() -> FormerNames.inArguments("inject", "--head-start=3", "-f", "a.yaml")))
        .containsExactly("inject", "--startup-delay=3", "-f", "a.yaml");
    assertThat(said.lines())
        .containsExactly("podtap: --head-start is deprecated, use --startup-delay");

    assertThat(listen(() -> FormerNames.inArguments("webhook", "--head-start", "0")))
        .containsExactly("webhook", "--startup-delay", "0");
    assertThat(
            listen(() -> FormerNames.inArguments("tap", "--write", "f", "--end-with-input", "on")))
        .containsExactly("tap", "--write", "f", "--exit-on-stdin-eof", "on");
    assertThat(said).contains("--end-with-input is deprecated, use --exit-on-stdin-eof");
  }

  @Test
  void captureThatAttachStartsIsReplacedInSilence() {
    assertThat(listen(() -> FormerNames.inArguments("tap", "--write", "-", "--end-with-input=on")))
        .containsExactly("tap", "--write", "-", "--exit-on-stdin-eof=on");
    assertThat(said).isEmpty();
  }

  @Test
  void otherArgumentsStay() {
    String[] arguments = {"inject", "--head-starts", "head-start", "--", "--head-start"};
    assertThat(listen(() -> FormerNames.inArguments(arguments))).containsExactly(arguments);
    assertThat(said).isEmpty();
    assertThat(FormerNames.inArguments()).isEmpty();
  }

  @Test
  void variablesAreReplacedUnlessThePresentOneIsSet() {
    assertThat(listen(() -> FormerNames.inEnvironment(Map.of("PODTAP_HEAD_START", "3", "A", "b"))))
        .containsOnly(Map.entry("PODTAP_STARTUP_DELAY", "3"), Map.entry("A", "b"));
    assertThat(said.lines())
        .containsExactly("podtap: PODTAP_HEAD_START is deprecated, use PODTAP_STARTUP_DELAY");
    assertThat(
            listen(() ->
                FormerNames.inEnvironment(
                    Map.of("PODTAP_HEAD_START", "3", "PODTAP_STARTUP_DELAY", "2"))))
        .containsOnly(Map.entry("PODTAP_STARTUP_DELAY", "2"));
    Map<String, String> environment = Map.of("PODTAP_VNI", "42");
    assertThat(listen(() -> FormerNames.inEnvironment(environment))).isSameAs(environment);
  }
}
