/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SensorTargetTest {

  private static SensorTarget parse(String text) {
    return SensorTarget.parse(text, "").orElseThrow();
  }

  @Test
  void aNameIsTheLabelRun() {
    assertThat(parse("zeek")).isEqualTo(new SensorTarget.Pods("zeek", "", "run=zeek", 0));
    assertThat(parse("zeek.security:4790"))
        .isEqualTo(new SensorTarget.Pods("zeek.security:4790", "security", "run=zeek", 4_790));
    assertThat(SensorTarget.parse("zeek", "security"))
        .contains(new SensorTarget.Pods("zeek", "security", "run=zeek", 0));
  }

  @Test
  void labelsServicesAndNames() {
    assertThat(parse("label:app in (zeek, suricata),tier!=dev"))
        .isEqualTo(
            new SensorTarget.Pods(
                "label:app in (zeek, suricata),tier!=dev",
                "",
                "app in (zeek, suricata),tier!=dev",
                0));
    assertThat(parse("label:app.kubernetes.io/name=zeek:6081").port()).isEqualTo(6_081);
    assertThat(parse("service:security/zeek"))
        .isEqualTo(new SensorTarget.Service("service:security/zeek", "security", "zeek", "", 0));
    assertThat(parse("service:zeek:vxlan"))
        .isEqualTo(new SensorTarget.Service("service:zeek:vxlan", "", "zeek", "vxlan", 0));
    assertThat(parse("dns:zeek.security.svc.cluster.local.:4790"))
        .isEqualTo(
            new SensorTarget.Name(
                "dns:zeek.security.svc.cluster.local.:4790",
                "zeek.security.svc.cluster.local.",
                4_790));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.3",
        "10.0.0.3:4789",
        "[fd00::3]:4789",
        "fd00::3",
        "10.0.0.3,fd00::4",
        "abcd::1",
        "10.0.0.300",
        "",
        "10.0.0.3,zeek"
      })
  void addressesAreForAnother(String text) {
    assertThat(SensorTarget.parse(text, "")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          zeek.example.com     | dns:zeek.example.com
          not..a..host         | not..a..host
          -zeek                | '-zeek'
          zeek:99999           | out of range
          zeek:port            | not a number
          label:               | not a label selector
          label:a=b&watch=1    | not a label selector
          service:a/b/c        | not the name of a service
          service:A/b          | not the name of a namespace
          service:a/b:Port_1   | neither a port
          dns:                 | not a host name
          dns:a/b              | not a host name
          """)
  void refusesWithWhatIsWrong(String text, String wrong) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(wrong.replace("'", ""));
  }

  @Test
  void refusesABadNamespace() {
    assertThatThrownBy(() -> SensorTarget.parse("zeek", "a/b"))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("namespace");
  }
}
