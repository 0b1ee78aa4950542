/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A text of Kubernetes objects that is held as a whole: one or many documents, Lists among them.
 * For files of any size there is {@link ManifestStream}.
 */
public final class Manifest {

  /** Text that stays, or what may change. */
  private record Piece(String text, @Nullable Composition composition) {}

  private final String label;
  private final List<Piece> pieces = new ArrayList<>();
  private final List<Workload> workloads = new ArrayList<>();
  private final Map<String, Map<String, @Nullable Object>> namespaces = new HashMap<>();

  private Manifest(String label, String text) {
    this.label = label;
    Units units = new Units(new WorkloadKinds(List.of()), _ -> {});
    DocumentReader reader = new DocumentReader(label, new StringReader(text), Integer.MAX_VALUE);
    try {
      Document document = reader.next();
      while (document != null) {
        units.read(document, new Collector());
        document = reader.next();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e); // text in memory can be read
    }
  }

  /**
   * Reads a text.
   *
   * @param label names the text in messages
   * @throws SettingsException when it is neither YAML nor JSON
   */
  public static Manifest parse(String label, String text) {
    return new Manifest(label, text);
  }

  private final class Collector implements Units.Taker {

    @Override
    public void text(String text) {
      pieces.add(new Piece(text, null));
    }

    @Override
    public void composition(Composition composition) {
      pieces.add(new Piece("", composition));
      workloads.addAll(composition.workloads());
      namespaces.putAll(composition.namespaces());
    }

    @Override
    public void notAnObject(ManifestEditor.NotAnObject problem) {}
  }

  /** Returns what makes pods, in the text's order. */
  public List<Workload> workloads() {
    return List.copyOf(workloads);
  }

  /** Returns the labels of a namespace, when the text has it; else none. */
  public Map<String, @Nullable Object> namespaceLabels(String namespace) {
    return namespaces.getOrDefault(namespace, Map.of());
  }

  /**
   * Puts a changed pod in the place of a workload's.
   *
   * @return why that cannot be, or an empty text
   */
  public String change(Workload workload, Map<String, @Nullable Object> pod) {
    for (Piece piece : pieces) {
      Composition composition = piece.composition();
      if (composition != null && composition.workloads().contains(workload)) {
        return composition.change(workload, pod);
      }
    }
    throw new IllegalArgumentException(workload.label() + " is not of this text");
  }

  /**
   * Returns the text with all changes.
   *
   * @throws SettingsException when it would not mean what it must: a construct that is cut wrongly
   */
  public String text() {
    StringBuilder text = new StringBuilder();
    for (Piece piece : pieces) {
      Composition composition = piece.composition();
      text.append(
          composition == null
              ? piece.text()
              : composition
                  .text()
                  .orElseThrow(() ->
                      new SettingsException(label + ": a text cannot be changed in its place")));
    }
    return text.toString();
  }
}
