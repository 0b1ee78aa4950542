/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.inject;

import io.podtap.core.kubernetes.WorkloadName;
import io.podtap.injector.inject.limits.LimitCheck;
import io.podtap.injector.inject.limits.NamespaceLimits;
import io.podtap.injector.tree.Tree;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Puts a tap into a pod, and takes it out again. */
public final class Injection {

  private static final String SPEC = "spec";
  private static final String INIT_CONTAINERS = "initContainers";
  private static final String CONTAINERS = "containers";

  /** All keys and values together. See k8s.io/apimachinery, TotalAnnotationSizeLimitB. */
  private static final long ANNOTATION_BYTES_MAX = 256L << 10;

  private Injection() {}

  /**
   * Puts a tap in.
   *
   * @param pod what has {@code metadata} and {@code spec}; never changed
   */
  public static Outcome inject(
      Map<String, @Nullable Object> pod, NamespaceContext surroundings, TapTemplate template) {
    return inject(pod, surroundings, template, TapContainer.workload(pod));
  }

  /**
   * Puts a tap into the pod, or the template of pods, of a workload.
   *
   * @param pod what has {@code metadata} and {@code spec}; never changed
   * @param workload who controls it
   */
  public static Outcome inject(
      Map<String, @Nullable Object> pod,
      NamespaceContext surroundings,
      TapTemplate template,
      WorkloadName workload) {
    try {
      return injected(pod, surroundings, template, workload);
    } catch (InjectException e) {
      return e.outcome();
    }
  }

  /** Takes the tap out, so that the pod is what it was. */
  public static Outcome uninject(Map<String, @Nullable Object> pod) {
    try {
      return uninjected(pod);
    } catch (InjectException e) {
      return e.outcome();
    }
  }

  private static Outcome injected(
      Map<String, @Nullable Object> pod,
      NamespaceContext surroundings,
      TapTemplate template,
      WorkloadName workload)
      throws InjectException {
    Map<String, @Nullable Object> annotations =
        Tree.map(Tree.at(pod, InjectionRecord.METADATA, InjectionRecord.ANNOTATIONS));
    InjectionChoice.require(
        surroundings.namespaceLabels(),
        Tree.map(Tree.at(pod, InjectionRecord.METADATA, "labels")),
        surroundings.isChosenByDefault());
    requirePod(pod);
    requireNotInjected(pod, annotations);
    PodSecurity security = PodSecurity.of(surroundings.namespaceLabels(), template.leastSecurity());
    Preconditions.requireNone(pod, security);
    Preconditions.requireNoOwnTap(pod, template);
    String own = listOfOwn(pod);
    TapTemplate tap = whereItStands(own, PodOptions.apply(template, annotations), annotations);
    Preconditions.requireFitting(pod, tap);
    tap = tap.withHeadStart(HeadStart.fitting(tap.headStartSeconds(), pod.get(SPEC)));
    Outcome.Changed changed =
        put(
            pod,
            own,
            tap,
            security,
            surroundings.limits(),
            workload,
            PodOptions.hasResources(annotations));
    requireAllowed(pod, changed.pod(), own, surroundings.limits());
    return changed;
  }

  /** Refuses what the namespace's limits or the API server's own bounds do not take. */
  private static void requireAllowed(
      Map<String, @Nullable Object> before,
      Map<String, @Nullable Object> after,
      String own,
      NamespaceLimits limits)
      throws InjectException {
    long annotationBytes = 0;
    for (Map.Entry<String, @Nullable Object> one :
        Tree.map(Tree.at(after, InjectionRecord.METADATA, InjectionRecord.ANNOTATIONS))
            .entrySet()) {
      annotationBytes += utf8Length(one.getKey()) + utf8Length(String.valueOf(one.getValue()));
    }
    if (annotationBytes > ANNOTATION_BYTES_MAX) {
      throw new InjectException(
          Reason.WOULD_BE_REFUSED,
          "with "
              + WellKnownNames.INJECTED
              + " its annotations are longer than the API server takes");
    }
    if (limits.isEmpty()) {
      return;
    }
    Object without = own.isEmpty() ? before.get(SPEC) : withoutOwn(before, own);
    if (LimitCheck.rangeRefusal(without, limits).isEmpty()) {
      Optional<String> refusal = LimitCheck.rangeRefusal(after.get(SPEC), limits);
      if (refusal.isPresent()) {
        throw new InjectException(Reason.LIMIT_RANGE, refusal.get());
      }
    }
    boolean isOfController =
        Tree.list(Tree.at(before, InjectionRecord.METADATA, "ownerReferences")).stream()
            .anyMatch(owner -> Boolean.TRUE.equals(Tree.at(owner, "controller")));
    Optional<String> refusal =
        LimitCheck.quotaRefusal(without, after.get(SPEC), isOfController, limits);
    if (refusal.isPresent()) {
      throw new InjectException(Reason.QUOTA, refusal.get());
    }
  }

  private static long utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static Map<String, @Nullable Object> withoutOwn(
      Map<String, @Nullable Object> pod, String list) {
    Map<String, @Nullable Object> spec = new LinkedHashMap<>(Tree.map(pod.get(SPEC)));
    List<@Nullable Object> others = new ArrayList<>(Tree.list(spec.get(list)));
    others.removeIf(one -> Tree.text(one, "name").equals(WellKnownNames.CONTAINER));
    spec.put(list, others);
    return spec;
  }

  private static void requirePod(Map<String, @Nullable Object> pod) throws InjectException {
    if (Tree.list(Tree.at(pod, SPEC, CONTAINERS)).isEmpty()) {
      throw new InjectException(Reason.NOT_A_POD, "it has no containers");
    }
    requireMap(pod, InjectionRecord.METADATA);
    requireMap(pod, InjectionRecord.METADATA, InjectionRecord.ANNOTATIONS);
    requireMap(pod, InjectionRecord.METADATA, "labels");
    for (String list : List.of(CONTAINERS, INIT_CONTAINERS, "volumes")) {
      Object value = Tree.at(pod, SPEC, list);
      boolean isList = value == null || value instanceof List<?>;
      if (!isList || Tree.list(value).stream().anyMatch(one -> !(one instanceof Map<?, ?>))) {
        throw new InjectException(
            Reason.NOT_A_POD, SPEC + '/' + list + " is not a list of objects");
      }
    }
  }

  /** What is in the place of a map would be lost when the tap is put in. */
  private static void requireMap(Map<String, @Nullable Object> pod, String... path)
      throws InjectException {
    Object value = Tree.at(pod, path);
    if (value != null && !(value instanceof Map<?, ?>)) {
      throw new InjectException(
          Reason.NOT_A_POD, String.join("/", path) + " is not a map of names and values");
    }
  }

  private static void requireNotInjected(
      Map<String, @Nullable Object> pod, Map<String, @Nullable Object> annotations)
      throws InjectException {
    if (annotations.containsKey(WellKnownNames.INJECTED)) {
      throw listOfOwn(pod).isEmpty()
          ? new InjectException(
              Reason.STALE_ANNOTATION,
              "annotation "
                  + WellKnownNames.INJECTED
                  + " without a container "
                  + WellKnownNames.CONTAINER
                  + ": remove it")
          : new InjectException(Reason.ALREADY_INJECTED, "it already has a tap");
    }
  }

  /** Returns which list has a container of the tap's name, or an empty text. */
  private static String listOfOwn(Map<String, @Nullable Object> pod) {
    for (String list : List.of(INIT_CONTAINERS, CONTAINERS)) {
      if (index(Tree.list(Tree.at(pod, SPEC, list))) >= 0) {
        return list;
      }
    }
    return "";
  }

  private static int index(List<@Nullable Object> containers) {
    return containers.stream()
        .map(container -> Tree.text(container, "name"))
        .toList()
        .indexOf(WellKnownNames.CONTAINER);
  }

  /** A pod's own container says by its list what kind of container it is. */
  private static TapTemplate whereItStands(
      String own, TapTemplate tap, Map<String, @Nullable Object> annotations)
      throws InjectException {
    boolean isSidecar = own.isEmpty() ? tap.isSidecar() : own.equals(INIT_CONTAINERS);
    if (isSidecar != tap.isSidecar() && annotations.containsKey(WellKnownNames.PREFIX + "mode")) {
      throw new InjectException(
          Reason.BAD_OVERRIDE,
          WellKnownNames.PREFIX
              + "mode does not fit the pod's own container "
              + WellKnownNames.CONTAINER
              + " in "
              + own);
    }
    return tap.with(Map.of(), isSidecar, tap.resources());
  }

  private static Outcome.Changed put(
      Map<String, @Nullable Object> pod,
      String own,
      TapTemplate tap,
      PodSecurity security,
      NamespaceLimits limits,
      WorkloadName workload,
      boolean asksForResources)
      throws InjectException {
    List<String> notes = new ArrayList<>();
    Map<String, @Nullable Object> spec = Tree.map(pod.get(SPEC));
    boolean hasPodBudget = !asksForResources && !Tree.map(spec.get("resources")).isEmpty();
    boolean isGuaranteed = !asksForResources && !hasPodBudget && Resources.isGuaranteed(spec);
    TapTemplate fitted =
        isGuaranteed ? tap.with(Map.of(), tap.isSidecar(), tap.resources().guaranteed()) : tap;
    note(notes, isGuaranteed, "the pod is Guaranteed and stays so: the tap requests its limits");
    note(notes, hasPodBudget, "the pod has resources as a whole: the tap has none of its own");
    note(
        notes,
        Boolean.TRUE.equals(spec.get("shareProcessNamespace")),
        "shareProcessNamespace: the pod's containers see the tap's process, and it sees theirs");
    note(notes, PodOptions.hasFormerNames(pod), PodOptions.FORMER_NAMES_NOTE);
    note(notes, security == PodSecurity.BASELINE, PodSecurity.BASELINE_NOTE);
    fitted = PortMentions.fit(pod, fitted, notes);
    Map<String, @Nullable Object> container =
        TapContainer.of(pod, fitted, security, workload, !hasPodBudget);
    if (!hasPodBudget && !limits.isEmpty()) {
      Map<String, @Nullable Object> wanted = Tree.map(container.get("resources"));
      Object others = own.isEmpty() ? spec : withoutOwn(pod, own);
      Map<String, @Nullable Object> fit = ResourceFit.fit(limits, others, wanted, isGuaranteed);
      note(notes, !fit.equals(wanted), "the tap's resources are those that a LimitRange leaves it");
      container.put("resources", fit);
    }
    String list = fitted.isSidecar() ? INIT_CONTAINERS : CONTAINERS;
    List<Map<String, @Nullable Object>> volumes = new ArrayList<>();
    if (fitted.isEncrypted() && !TapContainer.hasCertificateVolume(spec)) {
      volumes.add(TapContainer.certificateVolume(fitted));
    }
    TapContainer.followAnnotations(container);
    if (!TapContainer.hasVolume(spec, WellKnownNames.POD_VOLUME)) {
      volumes.add(TapContainer.podVolume());
    }
    return new Outcome.Changed(
        assemble(pod, list, !own.isEmpty(), container, volumes, fitted.imagePullSecrets()), notes);
  }

  private static void note(List<String> notes, boolean applies, String text) {
    if (applies) {
      notes.add(text);
    }
  }

  private static Map<String, @Nullable Object> assemble(
      Map<String, @Nullable Object> pod,
      String list,
      boolean hasOwn,
      Map<String, @Nullable Object> container,
      List<Map<String, @Nullable Object>> volumes,
      List<String> pullSecrets)
      throws InjectException {
    List<@Nullable Object> containers = new ArrayList<>(Tree.list(Tree.at(pod, SPEC, list)));
    Map<String, @Nullable Object> own = null;
    if (hasOwn) {
      int index = index(containers);
      own = Tree.map(containers.get(index));
      containers.set(index, OwnContainer.merge(own, container));
    } else {
      // First of all init containers, so that their traffic is seen; last of ordinary ones, so that
      // the first stays kubectl's default.
      containers.add(list.equals(INIT_CONTAINERS) ? 0 : containers.size(), container);
    }
    List<String> newSecrets = PullSecrets.missing(Tree.map(pod.get(SPEC)), pullSecrets);
    InjectionRecord mark =
        InjectionRecord.of(
            pod,
            list,
            own,
            volumes.stream().map(volume -> Tree.text(volume, "name")).toList(),
            newSecrets);
    Map<String, @Nullable Object> result = withFirst(pod, InjectionRecord.METADATA, SPEC);
    Tree.child(Tree.child(result, InjectionRecord.METADATA), InjectionRecord.ANNOTATIONS)
        .put(WellKnownNames.INJECTED, mark.text());
    Map<String, @Nullable Object> spec =
        withFirst(Tree.map(result.get(SPEC)), INIT_CONTAINERS.equals(list) ? list : "", CONTAINERS);
    spec.put(list, containers);
    if (!volumes.isEmpty()) {
      List<@Nullable Object> all = new ArrayList<>(Tree.list(spec.get(InjectionRecord.VOLUMES)));
      all.addAll(volumes);
      spec.put(InjectionRecord.VOLUMES, all);
    }
    PullSecrets.add(spec, newSecrets);
    result.put(SPEC, spec);
    return result;
  }

  /** Returns a copy in which {@code key}, when it is new, stands before {@code other}. */
  private static Map<String, @Nullable Object> withFirst(
      Map<String, @Nullable Object> map, String key, String other) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> entry : map.entrySet()) {
      if (entry.getKey().equals(other) && !key.isEmpty() && !map.containsKey(key)) {
        copy.put(key, null);
      }
      copy.put(entry.getKey(), Tree.copy(entry.getValue()));
    }
    return copy;
  }

  private static Outcome uninjected(Map<String, @Nullable Object> pod) throws InjectException {
    Map<String, @Nullable Object> annotations =
        Tree.map(Tree.at(pod, InjectionRecord.METADATA, InjectionRecord.ANNOTATIONS));
    if (!annotations.containsKey(WellKnownNames.INJECTED)) {
      throw new InjectException(
          Reason.NOT_INJECTED, "it has no annotation " + WellKnownNames.INJECTED);
    }
    requirePod(pod);
    InjectionRecord mark = InjectionRecord.parse(Tree.text(annotations, WellKnownNames.INJECTED));
    Map<String, @Nullable Object> result = Tree.copyMap(pod);
    Map<String, @Nullable Object> spec = Tree.map(result.get(SPEC));
    List<@Nullable Object> containers = Tree.list(spec.get(mark.list()));
    int index = index(containers);
    if (index >= 0 && mark.own() != null) {
      containers.set(index, mark.own());
    } else if (index >= 0) {
      containers.remove(index);
    }
    mark.restore(spec, mark.list());
    if (!mark.volumes().isEmpty()) {
      List<@Nullable Object> volumes =
          new ArrayList<>(Tree.list(spec.get(InjectionRecord.VOLUMES)));
      if (volumes.removeIf(volume -> mark.volumes().contains(Tree.text(volume, "name")))) {
        spec.put(InjectionRecord.VOLUMES, volumes);
        mark.restore(spec, InjectionRecord.VOLUMES);
      }
    }
    if (PullSecrets.remove(spec, mark.pullSecrets())) {
      mark.restore(spec, PullSecrets.LIST);
    }
    Map<String, @Nullable Object> metadata = Tree.map(result.get(InjectionRecord.METADATA));
    Tree.map(metadata.get(InjectionRecord.ANNOTATIONS)).remove(WellKnownNames.INJECTED);
    mark.restore(metadata, InjectionRecord.ANNOTATIONS);
    mark.restore(result, InjectionRecord.METADATA);
    return new Outcome.Changed(result, List.of());
  }
}
