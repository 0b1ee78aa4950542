package io.podtap.injector.manifest;

import io.podtap.injector.tree.Tree;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** One object of a file that makes pods, or is one. */
public final class Workload {

  private final Map<String, @Nullable Object> object;
  private final WorkloadKind kind;
  private final Map<String, @Nullable Object> pod;
  private final Node node;

  Workload(
      Map<String, @Nullable Object> object,
      WorkloadKind kind,
      Map<String, @Nullable Object> pod,
      Node node) {
    this.object = object;
    this.kind = kind;
    this.pod = pod;
    this.node = node;
  }

  /** Returns kind and name as kubectl writes them: {@code deployment/shop}. */
  public String label() {
    String name = Tree.text(object, "metadata", "name");
    String shown = name.isEmpty() ? Tree.text(object, "metadata", "generateName") + '*' : name;
    return Tree.text(object, "kind").toLowerCase(Locale.ROOT) + '/' + shown;
  }

  /** Returns the namespace that the file names, or an empty text. */
  public String namespace() {
    return Tree.text(object, "metadata", "namespace");
  }

  /** Returns the labels and annotations of the object itself, which for a Pod are the pod's. */
  public Map<String, @Nullable Object> metadata() {
    return Tree.map(object.get("metadata"));
  }

  /** Returns whether it is a pod itself and not something that makes pods. */
  public boolean isPod() {
    return kind == WorkloadKind.POD;
  }

  /** Returns what has the pod's metadata and spec. */
  public Map<String, @Nullable Object> pod() {
    return pod;
  }

  Node node() {
    return node;
  }
}
