/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One document's nodes as a tree. Scalars are what kubectl takes them for: plain {@code yes} and
 * {@code off} are booleans, a leading zero is octal; merge keys are followed, explicit tags obeyed,
 * and of a key that is there twice the last one counts.
 */
final class YamlTree {

  static final String MERGE = "<<";

  /** Aliases of aliases can grow without end; no object of Kubernetes has so many values. */
  private static final int VALUES_MAX = 200_000;

  private static final int DEPTH_MAX = 200;

  private final SourceText text;
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Node> shared = Collections.newSetFromMap(new IdentityHashMap<>());
  private int values;
  private final @Nullable Object root;

  /**
   * @param text that the node was read from, which says what has a tag
   * @throws MalformedException when there are too many values
   */
  YamlTree(SourceText text, Node node) throws MalformedException {
    this.text = text;
    root = value(node, 0);
  }

  /** Too many values, and where they begin to be. */
  static final class MalformedException extends Exception {

    private static final long serialVersionUID = 1;

    private final int offset;

    MalformedException(int offset, String message) {
      super(message, null, false, false);
      this.offset = offset;
    }

    /** Returns an offset in the text. */
    int offset() {
      return offset;
    }
  }

  /** Returns the whole document. */
  @Nullable Object root() {
    return root;
  }

  /** Returns the nodes that stand at more than one place. */
  Set<Node> shared() {
    return shared;
  }

  private @Nullable Object value(Node node, int depth) throws MalformedException {
    if (++values > VALUES_MAX || depth > DEPTH_MAX) {
      throw new MalformedException(
          text.start(node), "more or deeper values than any Kubernetes object has");
    }
    if (!seen.add(node)) {
      shared.add(node);
    }
    return switch (node) {
      case MappingNode mapping -> map(mapping, depth);
      case SequenceNode sequence -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (Node element : sequence.getValue()) {
          list.add(value(element, depth + 1));
        }
        yield list;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new IllegalStateException("a node of no known kind: " + node);
    };
  }

  private Map<String, @Nullable Object> map(MappingNode mapping, int depth)
      throws MalformedException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    Map<String, @Nullable Object> merged = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      Object value = value(tuple.getValueNode(), depth + 1);
      String key = key(tuple);
      if (key.equals(MERGE) && isPlain(tuple.getKeyNode())) {
        Tree.map(value).forEach(merged::putIfAbsent);
        Tree.list(value).forEach(source -> Tree.map(source).forEach(merged::putIfAbsent));
      } else {
        map.put(key, value);
      }
    }
    merged.forEach(map::putIfAbsent);
    return map;
  }

  private static boolean isPlain(Node node) {
    return node instanceof ScalarNode scalar && scalar.getScalarStyle() == ScalarStyle.PLAIN;
  }

  /** Returns a pair's key as text; keys that are no scalars are none of Kubernetes'. */
  static String key(NodeTuple tuple) {
    return tuple.getKeyNode() instanceof ScalarNode scalar
        ? scalar.getValue()
        : tuple.getKeyNode().toString();
  }

  private @Nullable Object scalar(ScalarNode scalar) {
    String value = scalar.getValue();
    boolean isPlain = scalar.getScalarStyle() == ScalarStyle.PLAIN;
    return text.hasTag(scalar)
        ? ExplicitTag.value(scalar.getTag().getValue(), value)
        : isPlain ? PlainScalar.value(value) : value;
  }
}
