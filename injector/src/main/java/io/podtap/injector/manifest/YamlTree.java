package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.Tree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * One document's nodes as a tree. Scalars are what kubectl takes them for: plain {@code yes} and
 * {@code off} are booleans, a leading zero is octal; merge keys are followed.
 */
final class YamlTree {

  static final String MERGE = "<<";

  /** Aliases of aliases can grow without end; no object of Kubernetes has so many values. */
  private static final int VALUES_MAX = 200_000;

  private static final int DEPTH_MAX = 200;

  private static final Pattern TRUE = Pattern.compile("true|True|TRUE|yes|Yes|YES|on|On|ON|y|Y");
  private static final Pattern FALSE =
      Pattern.compile("false|False|FALSE|no|No|NO|off|Off|OFF|n|N");
  private static final Pattern NULL = Pattern.compile("|~|null|Null|NULL");
  private static final Pattern DECIMAL = Pattern.compile("[-+]?(0|[1-9][0-9]{0,17})");
  private static final Pattern OCTAL = Pattern.compile("0o?[0-7]{1,20}");
  private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]{1,15}");
  private static final Pattern FLOAT =
      Pattern.compile("[-+]?([0-9]+\\.[0-9]*|\\.[0-9]+|[0-9]+)([eE][-+]?[0-9]{1,3})?");

  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Node> shared = Collections.newSetFromMap(new IdentityHashMap<>());
  private int values;
  private final @Nullable Object root;

  YamlTree(Node node) {
    root = value(node, 0);
  }

  /** Returns the whole document. */
  @Nullable Object root() {
    return root;
  }

  /** Returns the nodes that stand at more than one place. */
  Set<Node> shared() {
    return shared;
  }

  private @Nullable Object value(Node node, int depth) {
    if (++values > VALUES_MAX || depth > DEPTH_MAX) {
      throw new SettingsException("more or deeper values than any Kubernetes object has");
    }
    if (!seen.add(node)) {
      shared.add(node);
    }
    return switch (node) {
      case MappingNode mapping -> map(mapping, depth);
      case SequenceNode sequence -> {
        List<@Nullable Object> list = new ArrayList<>();
        sequence.getValue().forEach(element -> list.add(value(element, depth + 1)));
        yield list;
      }
      case ScalarNode scalar -> scalar(scalar);
      default -> throw new IllegalStateException("a node of no known kind: " + node);
    };
  }

  private Map<String, @Nullable Object> map(MappingNode mapping, int depth) {
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

  private static @Nullable Object scalar(ScalarNode scalar) {
    String text = scalar.getValue();
    if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
      return text;
    }
    if (NULL.matcher(text).matches()) {
      return null;
    }
    if (TRUE.matcher(text).matches()) {
      return true;
    }
    if (FALSE.matcher(text).matches()) {
      return false;
    }
    return number(text);
  }

  private static Object number(String text) {
    if (DECIMAL.matcher(text).matches()) {
      return Long.parseLong(text);
    }
    if (OCTAL.matcher(text).matches()) {
      return Long.parseLong(text.replace("o", ""), 8);
    }
    if (HEXADECIMAL.matcher(text).matches()) {
      return Long.parseLong(text.substring(2), 16);
    }
    return FLOAT.matcher(text).matches() ? new BigDecimal(text) : text;
  }
}
