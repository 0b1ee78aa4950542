/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * How a file wrote null, as {@code ~} or {@code null}, where a value is to take its place. It is
 * remembered in the annotation that marks an injected pod, under {@code words}, and written again
 * when the value goes.
 */
final class NullWords {

  private static final String INJECTED = "podtap.io/injected";
  private static final String WORDS = "words";
  private static final int LENGTH_MAX = 60;

  /** What may be null in a pod and get a value, by its last key. */
  private static final Map<String, List<String>> PATHS =
      Map.of(
          "metadata", List.of("metadata"),
          "annotations", List.of("metadata", "annotations"),
          "initContainers", List.of("spec", "initContainers"),
          "containers", List.of("spec", "containers"),
          "volumes", List.of("spec", "volumes"));

  private NullWords() {}

  /** Returns the changed pod with the words that the change takes the place of. */
  static Map<String, @Nullable Object> kept(
      SourceText text, Node node, Map<String, @Nullable Object> pod) {
    Map<String, @Nullable Object> mark = mark(pod);
    Map<String, @Nullable Object> words = new LinkedHashMap<>();
    for (Object key : Tree.list(mark.get("empty"))) {
      Node value = at(node, PATHS.getOrDefault(String.valueOf(key), List.of()));
      String word = value == null ? "" : text.textOf(value);
      boolean isUsual = word.isEmpty() || (text.isJson() && word.equals("null"));
      if (!isUsual && word.length() <= LENGTH_MAX) {
        words.put(String.valueOf(key), word);
      }
    }
    if (words.isEmpty()) {
      return pod;
    }
    Map<String, @Nullable Object> changedMark = new LinkedHashMap<>(mark);
    changedMark.put(WORDS, words);
    Map<String, @Nullable Object> changed = Tree.copyMap(pod);
    Tree.child(Tree.child(changed, "metadata"), "annotations")
        .put(INJECTED, JsonText.write(changedMark));
    return changed;
  }

  /** Has the words of a pod's mark written again. */
  static void restore(YamlSplice splice, Node node, Map<String, @Nullable Object> pod) {
    Tree.map(mark(pod).get(WORDS))
        .forEach((key, word) -> {
          Node value = at(node, PATHS.getOrDefault(key, List.of()));
          if (value != null && word instanceof String text && text.length() <= LENGTH_MAX) {
            splice.spellNull(value, text);
          }
        });
  }

  private static Map<String, @Nullable Object> mark(Map<String, @Nullable Object> pod) {
    String text = Tree.text(pod, "metadata", "annotations", INJECTED);
    try {
      return text.isEmpty() ? Map.of() : Tree.map(JsonText.read(text));
    } catch (JsonText.MalformedException e) {
      return Map.of(); // not ours: whoever needs it says so
    }
  }

  private static @Nullable Node at(Node node, List<String> path) {
    Node here = path.isEmpty() ? null : node;
    for (String key : path) {
      here = here == null ? null : Composition.child(here, key);
    }
    return here;
  }
}
