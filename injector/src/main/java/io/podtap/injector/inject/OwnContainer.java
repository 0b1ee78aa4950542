/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.core.config.SettingsException;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A pod's own container of the tap's name: what it says wins over the template, the rest is filled
 * in.
 */
final class OwnContainer {

  private static final String IMAGE_OF_TEMPLATE = "auto";

  private OwnContainer() {}

  static Map<String, @Nullable Object> merge(
      Map<String, @Nullable Object> own, Map<String, @Nullable Object> template)
      throws InjectException {
    Map<String, @Nullable Object> merged = Tree.copyMap(own);
    if (Tree.text(own, "image").isEmpty() || Tree.text(own, "image").equals(IMAGE_OF_TEMPLATE)) {
      merged.put("image", template.get("image"));
      // An image without a tag has been given this by the API server before it asks a webhook.
      merged.remove("imagePullPolicy", "Always");
    }
    boolean hasOwnCommand = own.containsKey("command");
    template.forEach((key, value) -> {
      if (!key.equals("args") || !hasOwnCommand) {
        merged.put(key, merged(key, merged.get(key), value));
      }
    });
    allowWhatItAsksFor(own, merged);
    if (merged.get("resources") instanceof Map<?, ?> && template.containsKey("resources")) {
      merged.put(
          "resources", Resources.fitted(own.get("resources"), Tree.map(merged.get("resources"))));
    }
    requireSound(merged, template);
    return merged;
  }

  /**
   * A privileged container, or one with CAP_SYS_ADMIN, may not forbid privilege escalation: the API
   * server refuses that.
   */
  private static void allowWhatItAsksFor(
      Map<String, @Nullable Object> own, Map<String, @Nullable Object> merged) {
    Object context = own.get("securityContext");
    boolean isPowerful =
        Boolean.TRUE.equals(Tree.at(context, "privileged"))
            || Tree.list(Tree.at(context, "capabilities", "add")).contains("CAP_SYS_ADMIN");
    if (isPowerful && !Tree.map(context).containsKey("allowPrivilegeEscalation")) {
      Tree.child(merged, "securityContext").remove("allowPrivilegeEscalation");
    }
  }

  private static @Nullable Object merged(
      String key, @Nullable Object own, @Nullable Object template) {
    if (own == null) {
      return Tree.copy(template);
    }
    // A hook has one handler: a second one is refused by the API server.
    boolean isOneOfMany = key.equals("postStart") || key.equals("preStop");
    if (own instanceof Map<?, ?> && template instanceof Map<?, ?> && !isOneOfMany) {
      Map<String, @Nullable Object> both = Tree.copyMap(Tree.map(own));
      Tree.map(template)
          .forEach((name, value) -> both.put(name, merged(name, both.get(name), value)));
      return both;
    }
    return switch (key) {
      case "env" -> united("name", Tree.list(own), Tree.list(template));
      case "volumeMounts" -> united("mountPath", Tree.list(own), Tree.list(template));
      default -> own;
    };
  }

  /** Of two elements with the same text under {@code key} the pod's own stays. */
  private static List<@Nullable Object> united(
      String key, List<@Nullable Object> own, List<@Nullable Object> template) {
    List<@Nullable Object> both = new ArrayList<>(own);
    List<String> names = own.stream().map(element -> Tree.text(element, key)).toList();
    for (Object element : template) {
      if (!names.contains(Tree.text(element, key))) {
        both.add(Tree.copy(element));
      }
    }
    return both;
  }

  private static void requireSound(
      Map<String, @Nullable Object> merged, Map<String, @Nullable Object> template)
      throws InjectException {
    if (!Objects.equals(merged.get("restartPolicy"), template.get("restartPolicy"))) {
      throw bad(
          template.containsKey("restartPolicy")
              ? "must have restartPolicy Always or none"
              : "may not have a restartPolicy");
    }
    Object resources = merged.get("resources");
    if (resources != null && template.containsKey("resources")) {
      try {
        Resources.check(resources);
      } catch (SettingsException e) {
        throw bad(String.valueOf(e.getMessage()));
      }
    }
  }

  private static InjectException bad(String what) {
    return new InjectException(
        Reason.BAD_OVERRIDE, "the pod's own container " + WellKnownNames.CONTAINER + ": " + what);
  }
}
