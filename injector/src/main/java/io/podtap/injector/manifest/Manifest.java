package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * A file of Kubernetes objects: one or many documents, Lists among them. Objects of kinds that make
 * no pods are only passed through.
 */
public final class Manifest {

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final String label;
  private final boolean hasByteOrderMark;
  private final SourceText source;
  private final List<Workload> workloads = new ArrayList<>();
  private final Map<String, Map<String, @Nullable Object>> namespaces = new HashMap<>();
  private final Set<Node> shared = Collections.newSetFromMap(new IdentityHashMap<>());
  private final YamlSplice splice;

  /** What workloads must mean in the end, by index. */
  private final Map<Integer, Map<String, @Nullable Object>> changed = new HashMap<>();

  private Manifest(String label, String text) {
    this.label = label;
    hasByteOrderMark = text.startsWith(BYTE_ORDER_MARK);
    source = new SourceText(hasByteOrderMark ? text.substring(1) : text);
    boolean indentedLists = true;
    try {
      Composer composer = composer(source.text());
      while (composer.hasNext()) {
        Node document = composer.next();
        YamlTree tree = new YamlTree(document);
        shared.addAll(tree.shared());
        requireUniqueKeys(document, Collections.newSetFromMap(new IdentityHashMap<>()));
        collect(document, tree.root());
        indentedLists &= !hasFlushList(document, 0);
      }
    } catch (MarkedYamlEngineException e) {
      throw new SettingsException(problem(e.getProblemMark(), e.getProblem()), e);
    } catch (StackOverflowError e) { // the parser calls itself for every level
      throw new SettingsException(label + ": deeper than any Kubernetes object is", e);
    } catch (YamlEngineException e) {
      throw new SettingsException(label + ": " + e.getMessage(), e);
    }
    splice = new YamlSplice(source, shared, new YamlBlock(indentedLists));
  }

  /**
   * Reads a file's text.
   *
   * @param label names the file in messages
   * @throws SettingsException when it is neither YAML nor JSON
   */
  public static Manifest parse(String label, String text) {
    return new Manifest(label, text);
  }

  private static Composer composer(String text) {
    LoadSettings settings =
        LoadSettings.builder()
            .setUseMarks(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .setMaxAliasesForCollections(1_000)
            .build();
    return new Composer(settings, new ParserImpl(settings, new StreamReader(settings, text)));
  }

  private String problem(Optional<Mark> mark, @Nullable String problem) {
    String line = mark.map(place -> ", line " + (place.getLine() + 1)).orElse("");
    return label + line + ": " + String.valueOf(problem).lines().findFirst().orElse("");
  }

  /** A key given twice is an error to the API server, and a question to us which one is meant. */
  private void requireUniqueKeys(Node node, Set<Node> done) {
    if (!done.add(node)) {
      return;
    }
    if (node instanceof SequenceNode sequence) {
      sequence.getValue().forEach(element -> requireUniqueKeys(element, done));
    } else if (node instanceof MappingNode mapping) {
      List<String> keys = new ArrayList<>();
      for (NodeTuple tuple : mapping.getValue()) {
        String key = YamlTree.key(tuple);
        if (keys.contains(key) && !key.equals(YamlTree.MERGE)) {
          throw new SettingsException(
              problem(tuple.getKeyNode().getStartMark(), "key '" + key + "' is there twice"));
        }
        keys.add(key);
        requireUniqueKeys(tuple.getValueNode(), done);
      }
    }
  }

  private void collect(Node node, @Nullable Object value) {
    Map<String, @Nullable Object> object = Tree.map(value);
    String kind = Tree.text(object, "kind");
    if (kind.equals("Namespace")) {
      namespaces.put(
          Tree.text(object, "metadata", "name"), Tree.map(Tree.at(object, "metadata", "labels")));
    } else if (kind.endsWith("List") && object.get("items") instanceof List<?>) {
      List<@Nullable Object> items = Tree.list(object.get("items"));
      Node list = child(node, "items");
      for (int i = 0; list instanceof SequenceNode sequence && i < items.size(); i++) {
        collect(sequence.getValue().get(i), items.get(i));
      }
    } else {
      WorkloadKind.of(object).ifPresent(known -> collectPod(known, object, node));
    }
  }

  private void collectPod(WorkloadKind kind, Map<String, @Nullable Object> object, Node node) {
    Node here = node;
    for (String key : kind.path()) {
      if (here != null && shared.contains(here)) {
        shared.add(child(here, key) == null ? here : child(here, key));
      }
      here = here == null ? null : child(here, key);
    }
    Object pod = Tree.at(object, kind.path().toArray(String[]::new));
    if (here != null && pod instanceof Map<?, ?>) {
      workloads.add(new Workload(object, kind, Tree.map(pod), here));
    }
  }

  /** Returns the value of a key, or null; what a merge key brings is not the object's own. */
  private static @Nullable Node child(Node node, String key) {
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (YamlTree.key(tuple).equals(key)) {
          return tuple.getValueNode();
        }
      }
    }
    return null;
  }

  private static boolean hasFlushList(Node node, int depth) {
    return node instanceof MappingNode mapping
        && depth < 12
        && mapping.getValue().stream()
            .anyMatch(tuple -> isFlushList(tuple) || hasFlushList(tuple.getValueNode(), depth + 1));
  }

  private static boolean isFlushList(NodeTuple tuple) {
    return tuple.getValueNode() instanceof SequenceNode list
        && SourceText.isBlock(list)
        && tuple
            .getKeyNode()
            .getStartMark()
            .map(Mark::getColumn)
            .equals(list.getStartMark().map(Mark::getColumn));
  }

  /** Returns what makes pods, in the file's order. */
  public List<Workload> workloads() {
    return Collections.unmodifiableList(workloads);
  }

  /** Returns the labels of a namespace, when the file has it; else none. */
  public Map<String, @Nullable Object> namespaceLabels(String namespace) {
    return namespaces.getOrDefault(namespace, Map.of());
  }

  /**
   * Puts a changed pod in the place of a workload's.
   *
   * @return why that cannot be, or an empty text
   */
  public String change(Workload workload, Map<String, @Nullable Object> pod) {
    try {
      splice.change(workload.node(), workload.pod(), pod);
      changed.put(workloads.indexOf(workload), pod);
      return "";
    } catch (SharedNodeException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /**
   * Returns the file's text with all changes.
   *
   * @throws SettingsException when it would not mean what it must: a construct that is cut wrongly
   */
  public String text() {
    if (changed.isEmpty()) {
      return (hasByteOrderMark ? BYTE_ORDER_MARK : "") + source.text();
    }
    String text = splice.text();
    List<Workload> result = Manifest.parse(label, text).workloads();
    for (int i = 0; i < workloads.size(); i++) {
      Map<String, @Nullable Object> expected = changed.getOrDefault(i, workloads.get(i).pod());
      if (i >= result.size() || !result.get(i).pod().equals(expected)) {
        throw new SettingsException(
            label
                + ": the text of "
                + workloads.get(i).label()
                + " cannot be changed in its place");
      }
    }
    return (hasByteOrderMark ? BYTE_ORDER_MARK : "") + text;
  }
}
