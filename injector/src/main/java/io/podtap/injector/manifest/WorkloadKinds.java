/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.manifest;

import io.podtap.core.config.SettingsException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kinds that make pods: Kubernetes' own, others that many people run, and those of a user. One
 * thread.
 */
public final class WorkloadKinds {

  private static final String TEMPLATE = "spec/template";
  private static final String KNATIVE = "serving.knative.dev";
  private static final String KNATIVE_NOTE =
      "Knative takes init containers, added capabilities and field references in a template only"
          + " with its feature flags; the webhook needs none of them";

  private static final List<WorkloadKind> KNOWN =
      List.of(
          known("Pod", "", "", ""),
          known("Deployment", "apps", TEMPLATE, ""),
          known("StatefulSet", "apps", TEMPLATE, ""),
          known("DaemonSet", "apps", TEMPLATE, ""),
          known("ReplicaSet", "apps", TEMPLATE, ""),
          known("ReplicationController", "", TEMPLATE, ""),
          known("PodTemplate", "", "template", ""),
          known("Job", "batch", TEMPLATE, ""),
          known("CronJob", "batch", "spec/jobTemplate/spec/template", ""),
          known("Rollout", "argoproj.io", TEMPLATE, ""),
          known("DeploymentConfig", "apps.openshift.io", TEMPLATE, ""),
          known("DeploymentConfig", "", TEMPLATE, ""),
          known("Service", KNATIVE, TEMPLATE, KNATIVE_NOTE),
          known("Configuration", KNATIVE, TEMPLATE, KNATIVE_NOTE));

  /** {@code KIND[.GROUP]=PATH}. */
  private static final Pattern GIVEN =
      Pattern.compile("([A-Za-z][A-Za-z0-9]*)(?:\\.([-a-z0-9.]+))?=([^\\s=]*)");

  private final List<WorkloadKind> kinds = new ArrayList<>();

  /** Given kinds of which no object has been seen, as they are written. */
  private final Map<WorkloadKind, String> unseen = new LinkedHashMap<>();

  /**
   * @param given {@code KIND[.GROUP]=PATH/TO/POD/TEMPLATE}, which win over what is known
   * @throws SettingsException when one is something else
   */
  public WorkloadKinds(List<String> given) {
    for (String one : given) {
      Matcher matcher = GIVEN.matcher(one);
      if (!matcher.matches()) {
        throw new SettingsException(
            "workload '"
                + one
                + "' is not KIND[.GROUP]=PATH, such as Widget.example.com=spec/template");
      }
      String group = matcher.group(2) == null ? WorkloadKind.ANY_GROUP : matcher.group(2);
      WorkloadKind kind =
          new WorkloadKind(matcher.group(1), group, keys(matcher.group(3)), "", true);
      kinds.add(kind);
      unseen.put(kind, one);
    }
    kinds.addAll(KNOWN);
  }

  private static WorkloadKind known(String kind, String group, String path, String note) {
    return new WorkloadKind(kind, group, keys(path), note, false);
  }

  private static List<String> keys(String path) {
    List<String> keys = new ArrayList<>();
    for (String key : path.split("/", -1)) {
      if (!key.isEmpty()) {
        keys.add(key);
      }
    }
    return List.copyOf(keys);
  }

  Optional<WorkloadKind> of(String kind, String apiVersion) {
    Optional<WorkloadKind> found =
        kinds.stream().filter(known -> known.isOf(kind, apiVersion)).findFirst();
    found.ifPresent(unseen::remove);
    return found;
  }

  /** Returns what was given and has not been asked for since: a kind that is misspelled. */
  public List<String> unseen() {
    return List.copyOf(unseen.values());
  }
}
