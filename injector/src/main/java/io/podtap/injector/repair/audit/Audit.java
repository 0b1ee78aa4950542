/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.repair.audit;

import io.podtap.injector.cluster.ApiPath;
import io.podtap.injector.cluster.ClusterApi;
import io.podtap.injector.tree.Tree;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks once at pods, taps and owners, and hands on each finding as it comes, by namespace: memory
 * is that of one pod and of the owners that lack pods.
 *
 * @param selector only pods of these labels, as {@code kubectl -l} takes it, or an empty text
 * @param configuration name of the MutatingWebhookConfiguration
 * @param sensorsMax how many taps are asked whether they have a sensor
 * @param notes told what cannot be looked at
 */
public record Audit(
    ClusterApi api,
    PodAudit judgement,
    String selector,
    String configuration,
    int sensorsMax,
    Consumer<String> notes) {

  private static final String IMAGE = "--image";

  /**
   * Looks at a namespace.
   *
   * @param namespace its name, or an empty text for all
   * @return whether it exists
   * @throws io.podtap.injector.cluster.RefusedException naming the missing rule
   */
  public boolean look(String namespace, Consumer<Finding> taker) throws IOException {
    ClusterPods pods = new ClusterPods(api, namespace, selector, configuration);
    ClusterPods.Scene scene = pods.scene();
    if (!namespace.isEmpty() && !scene.namespaces().containsKey(namespace)) {
      return false;
    }
    PodAudit full =
        judgement.imageNow().isEmpty() ? judgement.withImageNow(webhooksImage(scene)) : judgement;
    Deque<Finding> owners =
        new ArrayDeque<>(new OwnerAudit(api, notes).look(namespace, selector, scene, full));
    Passage passage = new Passage(scene, full, owners, new SensorAudit(api, sensorsMax), taker);
    pods.list(passage::take);
    passage.end();
    return true;
  }

  /** Returns the image of the taps that the webhook makes, or an empty text. */
  private String webhooksImage(ClusterPods.Scene scene) throws IOException {
    String namespace = Tree.text(scene.service(), "namespace");
    String name = Tree.text(scene.service(), "name");
    if (name.isEmpty()) {
      return "";
    }
    ClusterApi.Answer answer =
        api.get(
            "/apis/apps/v1/namespaces/"
                + ApiPath.encode(namespace)
                + "/deployments/"
                + ApiPath.encode(name));
    if (!answer.isGood()) {
      notes.accept("whether taps are outdated is not known without " + IMAGE);
      return "";
    }
    for (Object container :
        Tree.list(Tree.at(answer.object(), "spec", "template", "spec", "containers"))) {
      String image = image(Tree.list(Tree.at(container, "args")));
      if (!image.isEmpty()) {
        return image;
      }
    }
    return "";
  }

  private static String image(List<@Nullable Object> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      String argument = String.valueOf(arguments.get(i));
      if (argument.startsWith(IMAGE + '=')) {
        return argument.substring(IMAGE.length() + 1);
      }
      if (argument.equals(IMAGE) && i + 1 < arguments.size()) {
        return String.valueOf(arguments.get(i + 1));
      }
    }
    return "";
  }

  /** Pods pass in the order of their namespaces; owners join them there. */
  private static final class Passage {

    private final ClusterPods.Scene scene;
    private final PodAudit judgement;
    private final Deque<Finding> owners;
    private final SensorAudit sensors;
    private final Consumer<Finding> taker;
    private String namespace = "";

    Passage(
        ClusterPods.Scene scene,
        PodAudit judgement,
        Deque<Finding> owners,
        SensorAudit sensors,
        Consumer<Finding> taker) {
      this.scene = scene;
      this.judgement = judgement;
      this.owners = owners;
      this.sensors = sensors;
      this.taker = taker;
    }

    void take(Map<String, @Nullable Object> pod, boolean isWhole) {
      String its = Tree.text(pod, "metadata", "namespace");
      if (!its.equals(namespace)) {
        sensors.rest(namespace).ifPresent(taker);
        namespace = its;
      }
      while (!owners.isEmpty() && owners.getFirst().namespace().compareTo(its) <= 0) {
        taker.accept(owners.removeFirst());
      }
      Optional<Finding> finding =
          isWhole ? scene.judge(judgement, pod, Instant.now()) : Optional.of(Finding.tooLarge(pod));
      finding
          .filter(found -> found.state() != Finding.State.NOTE)
          .or(() -> isWhole ? sensors.ask(pod).or(() -> finding) : finding)
          .ifPresent(taker);
    }

    void end() {
      sensors.rest(namespace).ifPresent(taker);
      owners.forEach(taker);
    }
  }
}
