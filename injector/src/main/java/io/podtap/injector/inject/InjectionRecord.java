/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code uninject} must know, in the annotation {@link WellKnownNames#INJECTED}.
 *
 * @param list {@code initContainers} or {@code containers}
 * @param made which of {@code metadata}, {@code annotations}, the list and that of volumes were not
 *     there before
 * @param empty which of them were there as null
 * @param own the pod's own container that the template was merged into, or null
 * @param volumes names of the volumes that were added
 * @param pullSecrets names that were added to the pod's {@code imagePullSecrets}
 */
record InjectionRecord(
    String list,
    List<String> made,
    List<String> empty,
    @Nullable Map<String, @Nullable Object> own,
    List<String> volumes,
    List<String> pullSecrets) {

  static final String METADATA = "metadata";
  static final String ANNOTATIONS = "annotations";
  static final String VOLUMES = "volumes";

  /** Returns what a pod has and has not yet, before it is injected. */
  static InjectionRecord of(
      Map<String, @Nullable Object> pod,
      String list,
      @Nullable Map<String, @Nullable Object> own,
      List<String> volumes,
      List<String> pullSecrets) {
    List<String> made = new ArrayList<>();
    List<String> empty = new ArrayList<>();
    note(pod, METADATA, made, empty);
    note(Tree.map(pod.get(METADATA)), ANNOTATIONS, made, empty);
    note(Tree.map(pod.get("spec")), list, made, empty);
    if (!volumes.isEmpty()) {
      note(Tree.map(pod.get("spec")), VOLUMES, made, empty);
    }
    if (!pullSecrets.isEmpty()) {
      note(Tree.map(pod.get("spec")), PullSecrets.LIST, made, empty);
    }
    return new InjectionRecord(list, made, empty, own, volumes, pullSecrets);
  }

  private static void note(
      Map<String, @Nullable Object> parent, String key, List<String> made, List<String> empty) {
    if (!parent.containsKey(key)) {
      made.add(key);
    } else if (parent.get(key) == null) {
      empty.add(key);
    }
  }

  String text() {
    Map<String, @Nullable Object> mark = new LinkedHashMap<>();
    mark.put("list", list);
    if (!made.isEmpty()) {
      mark.put("made", made);
    }
    if (!empty.isEmpty()) {
      mark.put("empty", empty);
    }
    if (own != null) {
      mark.put("own", own);
    }
    if (!volumes.isEmpty()) {
      mark.put("volumes", volumes);
    }
    if (!pullSecrets.isEmpty()) {
      mark.put("pullSecrets", pullSecrets);
    }
    return JsonText.write(mark);
  }

  static InjectionRecord parse(String text) throws InjectException {
    try {
      Map<String, @Nullable Object> mark = Tree.map(JsonText.read(text));
      String list = Tree.text(mark, "list");
      if (list.equals("initContainers") || list.equals("containers")) {
        return new InjectionRecord(
            list,
            words(mark.get("made")),
            words(mark.get("empty")),
            mark.get("own") instanceof Map<?, ?> ? Tree.map(mark.get("own")) : null,
            volumes(mark),
            words(mark.get("pullSecrets")));
      }
    } catch (JsonText.MalformedException e) {
      // told below, as any other text that is not ours
    }
    throw new InjectException(
        Reason.BAD_ANNOTATION, WellKnownNames.INJECTED + " was not written by podtap");
  }

  /** Earlier injectors added one volume at most, and wrote its name alone. */
  private static List<String> volumes(Map<String, @Nullable Object> mark) {
    String only = Tree.text(mark, "volume");
    return only.isEmpty() ? words(mark.get("volumes")) : List.of(only);
  }

  private static List<String> words(@Nullable Object list) {
    return Tree.list(list).stream().map(String::valueOf).toList();
  }

  /** Takes away what was made, where nothing else has come into it since. */
  void restore(Map<String, @Nullable Object> parent, String key) {
    boolean isVoid = Tree.map(parent.get(key)).isEmpty() && Tree.list(parent.get(key)).isEmpty();
    if (isVoid && made.contains(key)) {
      parent.remove(key);
    } else if (isVoid && empty.contains(key)) {
      parent.put(key, null);
    }
  }
}
