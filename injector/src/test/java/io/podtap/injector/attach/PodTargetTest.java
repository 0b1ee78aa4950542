/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.attach;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PodTargetTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'app': 'web', 'a': 'b'} | a=b,app=web",
        "{'matchLabels': {'app': 'web'}} | app=web",
        "{'matchExpressions': [{'key': 'a', 'operator': 'In', 'values': ['x', 'y']}]} | a in (x,y)",
        "{'matchExpressions': [{'key': 'a', 'operator': 'NotIn', 'values': ['x']}]} | a notin (x)",
        "{'matchLabels': {'b': 'c'}, 'matchExpressions': [{'key': 'a', 'operator': 'Exists'},"
            + " {'key': 'd', 'operator': 'DoesNotExist'}]} | b=c,a,!d",
        "{} | ``"
      })
  void selectorsAreWrittenForAQuery(String selector, String expected) throws Exception {
    assertThat(PodTarget.selector(Tree.map(JsonText.read(selector.replace('\'', '"')))))
        .isEqualTo(expected);
  }

  @Test
  void aReadyPodIsTakenFirst() throws Exception {
    String format =
        "{'metadata': {'name': '%s'%s}, 'status': {'phase': '%s', 'conditions': [{'type': 'Ready',"
            + " 'status': '%s'}]}}";
    String pods =
        "["
            + String.join(
                ",",
                format.formatted("a", "", "Pending", "False"),
                format.formatted("b", ", 'deletionTimestamp': 'now'", "Running", "True"),
                format.formatted("c", "", "Running", "False"),
                format.formatted("e", "", "Running", "True"),
                format.formatted("d", "", "Running", "True"))
            + "]";
    assertThat(PodTarget.best(Tree.list(JsonText.read(pods.replace('\'', '"'))))).hasValue("d");
    assertThat(PodTarget.best(Tree.list(JsonText.read("[]")))).isEmpty();
  }
}
