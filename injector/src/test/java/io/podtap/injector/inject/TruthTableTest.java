/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.testing.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The tables of docs/injection.md, held against the code. */
final class TruthTableTest {

  private static final Path DOCUMENT = Path.of("../docs/injection.md");

  private static List<String[]> rows(String heading) throws IOException {
    List<String[]> rows = new ArrayList<>();
    boolean isInside = false;
    for (String line : Files.readAllLines(DOCUMENT)) {
      isInside = line.startsWith("## ") ? line.equals("## " + heading) : isInside;
      if (isInside && line.startsWith("| ") && !line.startsWith("| ---")) {
        rows.add(line.substring(2, line.length() - 2).split(" \\| ", -1));
      }
    }
    assertThat(rows).as(heading).hasSizeGreaterThan(2);
    return rows.subList(1, rows.size());
  }

  @Test
  void labelsChooseAsTheDocumentSays() throws IOException {
    for (String[] row : rows("Which pods get a tap")) {
      for (boolean byDefault : List.of(false, true)) {
        Outcome outcome =
            Injection.inject(
                pod(labels(row[1])),
                new NamespaceContext(labels(row[0]), byDefault),
                Templates.PLAIN);
        String expected = row[byDefault ? 3 : 2];
        assertThat(word(outcome))
            .as("%s, by default %s", List.of(row), byDefault)
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void everyReasonIsInTheDocument() throws IOException {
    List<String> documented = rows("Reasons").stream().map(row -> row[0].replace("`", "")).toList();
    List<String> known = java.util.Arrays.stream(Reason.values()).map(Reason::word).toList();
    assertThat(documented).containsExactlyElementsOf(known);
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Changed _ -> "tap";
      case Outcome.Unchanged unchanged -> '`' + unchanged.reason().word() + '`';
    };
  }

  private static Map<String, @Nullable Object> labels(String cell) {
    Map<String, @Nullable Object> labels = new HashMap<>();
    if (!cell.equals("none")) {
      labels.put(WellKnownNames.INJECT, cell.replace("`", ""));
    }
    return labels;
  }

  private static Map<String, @Nullable Object> pod(Map<String, @Nullable Object> labels) {
    return Map.of(
        "metadata", Map.of("labels", labels),
        "spec", Map.of("containers", List.of(Map.of("name", "app", "image", "app"))));
  }

  @Test
  void theInputStaysAsItWas() {
    Map<String, @Nullable Object> pod = pod(Map.of());
    Outcome.Changed changed =
        (Outcome.Changed)
            Injection.inject(pod, new NamespaceContext(Map.of(), true), Templates.PLAIN);

    assertThat(pod).isEqualTo(pod(Map.of()));
    assertThat(((Outcome.Changed) Injection.uninject(changed.pod())).pod()).isEqualTo(pod);
  }

  @Test
  void aTemplateThatNoTapWouldTakeIsRefused() {
    Assertions.assertThatThrownBy(
            () -> Templates.PLAIN.with(Map.of("snaplen", "0"), true, Templates.PLAIN.resources()))
        .isInstanceOf(SettingsException.class);
    Assertions.assertThatThrownBy(() ->
            Templates.PLAIN.with(Map.of("interface", "et h0"), true, Templates.PLAIN.resources()))
        .isInstanceOf(SettingsException.class);
  }
}
