/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.testing.Templates;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every way in which a pod's text says which operating system it needs. */
final class OperatingSystemTest {

  private static final String IN =
      "'affinity': {'nodeAffinity': {'requiredDuringSchedulingIgnoredDuringExecution':"
          + " {'nodeSelectorTerms': [%s]}}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "windows | 'os': {'name': 'windows'}",
        "windows | 'nodeSelector': {'kubernetes.io/os': 'windows'}",
        "windows | 'nodeSelector': {'beta.kubernetes.io/os': 'windows'}",
        "windows | 'nodeSelector': {'node.kubernetes.io/windows-build': '10.0.20348'}",
        "linux | 'nodeSelector': {'kubernetes.io/os': 'linux'}, 'runtimeClassName': 'windows'",
        "linux | 'nodeSelector': {'disk': 'windows'}",
        "windows | 'securityContext': {'windowsOptions': {'runAsUserName': 'a'}}",
        "windows | 'securityContext': {'windowsOptions': {'hostProcess': true}}",
        "linux | 'securityContext': {'windowsOptions': {}}",
        "linux | 'os': {'name': 'linux'}, 'securityContext': {'windowsOptions': {'hostProcess':"
            + " true}}",
        "windows | 'initContainers': [{'name': 'i', 'securityContext': {'windowsOptions':"
            + " {'hostProcess': true}}}]",
        "windows | 'runtimeClassName': 'windows-2022'",
        "windows | 'runtimeClassName': 'runhcs-wcow-process'",
        "windows | 'runtimeClassName': 'acme-windows'",
        "linux | 'runtimeClassName': 'gvisor'",
        "linux | 'runtimeClassName': 'kata-nowindowsill'",
        "linux | 'os': {'name': 'linux'}, 'runtimeClassName': 'windows-2022'",
        "linux | 'tolerations': [{'key': 'os', 'value': 'windows', 'effect': 'NoSchedule'}]"
      })
  void isToldByFields(String expected, String fields) throws Exception {
    check(expected, fields);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "windows | {'matchExpressions': [{'key': 'kubernetes.io/os', 'operator': 'In', 'values':"
            + " ['windows']}]}",
        "windows | {'matchExpressions': [{'key': 'beta.kubernetes.io/os', 'operator': 'In',"
            + " 'values': ['windows']}]}",
        "windows | {'matchExpressions': [{'key': 'kubernetes.io/os', 'operator': 'NotIn', 'values':"
            + " ['linux']}]}",
        "windows | {'matchExpressions': [{'key': 'a', 'operator': 'Exists'}, {'key':"
            + " 'kubernetes.io/os', 'operator': 'In', 'values': ['windows']}]}",
        "windows | {'matchFields': [{'key': 'metadata.name', 'operator': 'In', 'values': ['n']}],"
            + " 'matchExpressions': [{'key': 'kubernetes.io/os', 'operator': 'In', 'values':"
            + " ['windows']}]}",
        "windows | {'matchExpressions': [{'key': 'node.kubernetes.io/windows-build', 'operator':"
            + " 'Exists'}]}",
        "windows | {}, {'matchExpressions': [{'key': 'kubernetes.io/os', 'operator': 'In',"
            + " 'values': ['windows']}]}",
        "linux | {'matchFields': [{'key': 'metadata.name', 'operator': 'In', 'values': ['n']}]}",
        "linux | {'matchExpressions': [{'key': 'kubernetes.io/os', 'operator': 'In', 'values':"
            + " ['windows', 'linux']}]}",
        "linux | {'matchExpressions': [{'key': 'kubernetes.io/os', 'operator': 'NotIn', 'values':"
            + " ['windows']}]}",
        "linux | {'matchExpressions': [{'key': 'kubernetes.io/os', 'operator': 'Exists'}]}",
        "linux | {'matchExpressions': [{'key': 'kubernetes.io/arch', 'operator': 'In', 'values':"
            + " ['windows']}]}",
        "linux | {'matchExpressions': [{'key': 'kubernetes.io/os', 'operator': 'In', 'values':"
            + " ['windows']}]}, {'matchExpressions': [{'key': 'a', 'operator': 'Exists'}]}"
      })
  void isToldByRequiredAffinity(String expected, String terms) throws Exception {
    check(expected, IN.formatted(terms));
    check("linux", IN.formatted(terms).replace("required", "preferred"));
  }

  private static void check(String expected, String fields) throws Exception {
    String json =
        ("{'metadata': {'labels': {'podtap.io/inject': 'enabled'}}, 'spec': {'containers':"
                + " [{'name': 'a', 'image': 'b'}], "
                + fields
                + "}}")
            .replace('\'', '"');
    Outcome outcome =
        Injection.inject(
            Tree.map(JsonText.read(json)), new NamespaceContext(Map.of(), true), Templates.PLAIN);
    if (expected.equals("linux")) {
      assertThat(outcome).as(fields).isInstanceOf(Outcome.Changed.class);
    } else {
      assertThat(outcome)
          .as(fields)
          .isInstanceOfSatisfying(
              Outcome.Unchanged.class,
              unchanged -> assertThat(unchanged.reason()).isEqualTo(Reason.WINDOWS));
    }
  }
}
