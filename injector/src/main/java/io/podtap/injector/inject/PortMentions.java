/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.tree.Tree;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where a pod names a port: as a number, or within a text as digits that no other digit touches.
 * All of {@code spec} and all annotations are searched rather than a list of fields, so ports,
 * probes, hooks, commands, arguments, variables and the annotations of scrapers count alike. What
 * merely looks like the port, a user id for example, counts too.
 *
 * <p>The tap's own containers and annotations do not count, nor what {@code kubectl apply} noted:
 * it repeats both.
 */
final class PortMentions {

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";
  private static final Pattern ATTACHED =
      Pattern.compile(WellKnownNames.CONTAINER + "(-capture)?(-[0-9]+)?");

  private final int port;
  private final Pattern digits;

  private PortMentions(int port) {
    this.port = port;
    digits = Pattern.compile("(?<![0-9])" + port + "(?![0-9])");
  }

  /**
   * Returns the tap as it may be in this pod: without metrics where the pod names their port.
   *
   * @param notes told when the tap is another one
   * @throws InjectException when the pod's own annotation asks for such a port
   */
  static TapTemplate fit(Map<String, @Nullable Object> pod, TapTemplate tap, List<String> notes)
      throws InjectException {
    int port = InjectedOption.metricsPort(tap.options());
    if (port == 0) {
      return tap;
    }
    String mention = find(pod, port);
    if (mention.isEmpty()) {
      return tap;
    }
    String annotation = WellKnownNames.PREFIX + InjectedOption.METRICS.option();
    if (Tree.map(Tree.at(pod, InjectionRecord.METADATA, InjectionRecord.ANNOTATIONS))
        .containsKey(annotation)) {
      throw new InjectException(
          Reason.BAD_ANNOTATION,
          annotation + " " + port + " is not free for certain: " + mention + " names it");
    }
    notes.add("the tap serves no metrics: " + mention + " names port " + port);
    return tap.with(
        Map.of(InjectedOption.METRICS.option(), InjectedOption.NO_METRICS),
        tap.isSidecar(),
        tap.resources());
  }

  /** Returns the path of the first mention, or an empty text. */
  static String find(Map<String, @Nullable Object> pod, int port) {
    PortMentions mentions = new PortMentions(port);
    return Stream.concat(
            Tree.map(Tree.at(pod, InjectionRecord.METADATA, InjectionRecord.ANNOTATIONS))
                .entrySet()
                .stream()
                .filter(one ->
                    !one.getKey().startsWith(WellKnownNames.PREFIX)
                        && !one.getKey().equals(LAST_APPLIED))
                .map(one -> mentions.in(one.getValue(), "annotation " + one.getKey())),
            Stream.of("spec").map(key -> mentions.in(pod.get(key), key)))
        .filter(path -> !path.isEmpty())
        .findFirst()
        .orElse("");
  }

  private String in(@Nullable Object value, String path) {
    return switch (value) {
      case Number number -> number.longValue() == port ? path : "";
      case String text -> digits.matcher(text).find() ? path : "";
      case Map<?, ?> _ ->
          first(
              Tree.map(value).entrySet().stream()
                  .map(one -> in(one.getValue(), path + '.' + one.getKey())));
      case List<?> _ -> {
        List<@Nullable Object> elements = Tree.list(value);
        yield first(
            IntStream.range(0, elements.size()).mapToObj(i -> element(elements.get(i), i, path)));
      }
      case null, default -> "";
    };
  }

  private String element(@Nullable Object element, int index, String path) {
    String name = Tree.text(element, "name");
    if (isTap(path, name)) {
      return "";
    }
    return in(element, path + '[' + (name.isEmpty() ? String.valueOf(index) : name) + ']');
  }

  private static boolean isTap(String list, String name) {
    return switch (list) {
      case "spec.initContainers", "spec.containers" -> name.equals(WellKnownNames.CONTAINER);
      case "spec.ephemeralContainers" -> ATTACHED.matcher(name).matches();
      default -> false;
    };
  }

  private static String first(Stream<String> paths) {
    return paths.filter(path -> !path.isEmpty()).findFirst().orElse("");
  }
}
