/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BudgetTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | true",
        "{'matchLabels': {'app': 'web'}} | true",
        "{'matchLabels': {'app': 'db'}} | false",
        "{'matchLabels': {'app': 'web', 'tier': 'a'}} | false",
        "{'matchExpressions': [{'key': 'app', 'operator': 'In', 'values': ['web', 'db']}]} | true",
        "{'matchExpressions': [{'key': 'app', 'operator': 'NotIn', 'values': ['web']}]} | false",
        "{'matchExpressions': [{'key': 'tier', 'operator': 'NotIn', 'values': ['a']}]} | true",
        "{'matchExpressions': [{'key': 'app', 'operator': 'Exists'}]} | true",
        "{'matchExpressions': [{'key': 'app', 'operator': 'DoesNotExist'}]} | false",
        "{'matchExpressions': [{'key': 'app', 'operator': 'New'}]} | true"
      })
  void selectorsChooseAsKubernetesDoes(String selector, boolean expected) throws Exception {
    assertThat(Budget.matches(JsonText.read(selector.replace('\'', '"')), Map.of("app", "web")))
        .isEqualTo(expected);
  }

  @Test
  void theBudgetThatForbidsIsNamed() throws Exception {
    String budgets =
        """
        [{"metadata": {"name": "other"}, "spec": {"selector": {"matchLabels": {"app": "db"}}}},
         {"metadata": {"name": "roomy"}, "spec": {"selector": {}}, "status": {"disruptionsAllowed": 1}},
         {"metadata": {"name": "full"}, "spec": {"selector": {}}, "status": {"disruptionsAllowed": 0}}]
        """;
    assertThat(Budget.forbidding(Tree.list(JsonText.read(budgets)), Map.of("app", "web")))
        .isEqualTo("full");
    assertThat(Budget.forbidding(List.of(), Map.of())).isEmpty();
    assertThat(Budget.isAllowed(Tree.list(JsonText.read(budgets)), Map.of("app", "web"))).isTrue();
    assertThat(Budget.isAllowed(List.of(), Map.of("app", "web"))).isFalse();
  }
}
