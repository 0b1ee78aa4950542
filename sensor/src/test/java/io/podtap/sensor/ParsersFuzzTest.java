/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.podtap.sensor.dispatch.SavedTalk.Carrier;

/**
 * Whatever comes over the wire, nothing throws. In a usual test run the kept inputs are tried; with
 * {@code JAZZER_FUZZ=1} new ones are looked for, led by coverage (see CONTRIBUTING).
 *
 * <p>A protocol that is added to the parsers is covered without a line here; that it has a kept
 * input, {@link FuzzInputsTest} checks.
 */
class ParsersFuzzTest {

  @FuzzTest(maxDuration = "5m")
  void streams(byte[] input) {
    FuzzScript.talk(Carrier.STREAMS, input);
  }

  @FuzzTest(maxDuration = "5m")
  void datagrams(byte[] input) {
    FuzzScript.talk(Carrier.DATAGRAMS, input);
  }

  @FuzzTest(maxDuration = "5m")
  void messages(byte[] input) {
    FuzzScript.talk(Carrier.MESSAGES, input);
  }

  @FuzzTest(maxDuration = "5m")
  void frames(byte[] input) {
    FuzzScript.frames(input);
  }

  @FuzzTest(maxDuration = "5m")
  void files(byte[] input) {
    FuzzScript.files(input);
  }
}
