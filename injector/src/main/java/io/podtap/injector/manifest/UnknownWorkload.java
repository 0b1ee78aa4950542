package io.podtap.injector.manifest;

import io.podtap.injector.tree.Tree;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An object that makes pods, of a kind that is not known.
 *
 * @param label such as {@code widget/shop}
 * @param kind such as {@code Widget.example.com}
 * @param path where the pod stands: {@code spec/template}; empty for the object itself
 * @param pod what stands there
 * @param reference the workload whose pods it runs instead of its own, or an empty text
 */
public record UnknownWorkload(
    String label, String kind, String path, Map<String, @Nullable Object> pod, String reference) {

  private static final int DEPTH_MAX = 12;

  /**
   * Looks for a pod anywhere in an object.
   *
   * @param isKnown whether the kind is known, and its template is not where it should be
   */
  static Optional<UnknownWorkload> find(
      String kind, String apiVersion, Map<String, @Nullable Object> object, boolean isKnown) {
    String label = Workload.label(object, kind);
    String group = WorkloadKind.group(apiVersion);
    String name = group.isEmpty() ? kind : kind + '.' + group;
    Map<String, @Nullable Object> reference = Tree.map(Tree.at(object, "spec", "workloadRef"));
    if (!reference.isEmpty()) {
      String to = Tree.text(reference, "kind").toLowerCase(java.util.Locale.ROOT);
      return Optional.of(
          new UnknownWorkload(label, name, "", Map.of(), to + '/' + Tree.text(reference, "name")));
    }
    return isKnown
        ? Optional.empty()
        : find("", object, 0)
            .map(place -> new UnknownWorkload(label, name, place.path(), place.pod(), ""));
  }

  private record Place(String path, Map<String, @Nullable Object> pod) {}

  private static Optional<Place> find(String path, @Nullable Object value, int depth) {
    if (depth > DEPTH_MAX) {
      return Optional.empty();
    }
    Map<String, @Nullable Object> map = Tree.map(value);
    if (hasContainers(map.get("spec"))) {
      return Optional.of(new Place(path, map));
    }
    if (hasContainers(map)) {
      return Optional.of(new Place(path, Map.of("spec", map)));
    }
    for (Map.Entry<String, @Nullable Object> entry : map.entrySet()) {
      String below = path.isEmpty() ? entry.getKey() : path + '/' + entry.getKey();
      Optional<Place> found = find(below, entry.getValue(), depth + 1);
      if (found.isPresent()) {
        return found;
      }
    }
    for (Object element : Tree.list(value)) {
      Optional<Place> found = find(path + '/' + WorkloadKind.EVERY_ELEMENT, element, depth + 1);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static boolean hasContainers(@Nullable Object spec) {
    return Tree.list(Tree.at(spec, "containers")).stream()
        .map(Tree::map)
        .anyMatch(container -> container.containsKey("image") || container.containsKey("name"));
  }
}
