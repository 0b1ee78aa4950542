/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A manifest that is seldom seen: a field of pods, a kind that makes pods, or a way to write them.
 *
 * @param name says what is unusual
 * @param text the manifest
 * @param taps how many workloads of it get a tap
 * @param word stands in what {@code inject} says
 */
public record UnusualWorkload(String name, String text, int taps, String word) {

  private static final String TAP = "injected";

  @Override
  public String toString() {
    return name;
  }

  /**
   * Returns all of them: every field of a pod alone and in a Deployment, every kind, every text.
   */
  public static List<UnusualWorkload> all() {
    List<UnusualWorkload> all = new ArrayList<>();
    fields()
        .forEach((name, field) -> {
          String word = field.word().isEmpty() ? TAP : "unchanged, " + field.word();
          int taps = field.word().isEmpty() ? 1 : 0;
          all.add(new UnusualWorkload("pod " + name, pod(name, field.spec()), taps, word));
          if (!field.isOfPodsOnly()) {
            all.add(
                new UnusualWorkload(
                    "deployment " + name, deployment(name, field.spec()), taps, word));
          }
        });
    guaranteed()
        .forEach(amounts -> {
          String name = "guaranteed " + amounts[0] + ' ' + amounts[1];
          String spec =
              """
              containers:
              - name: app
                image: registry.example/app:1
                resources:
                  requests: {cpu: %s, memory: %s}
                  limits: {cpu: %s, memory: %s}
              """
                  .formatted(amounts[0], amounts[1], amounts[2], amounts[3]);
          all.add(
              new UnusualWorkload(name, pod(name, spec), 1, "the pod is Guaranteed and stays so"));
        });
    all.addAll(kinds());
    all.addAll(texts());
    return all;
  }

  /**
   * Fields of a pod's {@code spec}.
   *
   * @param word the reason why it gets no tap, or an empty text
   * @param isOfPodsOnly whether a template may not have it
   */
  private record Field(String spec, String word, boolean isOfPodsOnly) {}

  private static Field tapped(String spec) {
    return new Field(spec, "", false);
  }

  private static Field alone(String spec) {
    return new Field(spec, "", true);
  }

  private static Field not(String word, String spec) {
    return new Field(spec, word, false);
  }

  private static Map<String, Field> fields() {
    Map<String, Field> fields = new TreeMap<>();
    fields.put("host-users", tapped("hostUsers: false\n"));
    fields.put("share-process-namespace", tapped("shareProcessNamespace: true\n"));
    fields.put("host-pid", tapped("hostPID: true\n"));
    fields.put("host-ipc", tapped("hostIPC: true\n"));
    fields.put("host-network", not("host-network", "hostNetwork: true\n"));
    fields.put("host-network-false", tapped("hostNetwork: false\n"));
    fields.put("scheduling-gates", alone("schedulingGates: [{name: example.com/wait}]\n"));
    fields.put("priority-class", tapped("priorityClassName: system-node-critical\n"));
    fields.put("preemption", tapped("preemptionPolicy: Never\n"));
    fields.put("runtime-class", tapped("runtimeClassName: gvisor\n"));
    fields.put("runtime-class-windows", not("windows", "runtimeClassName: windows-2022\n"));
    fields.put("os-linux", tapped("os: {name: linux}\n"));
    fields.put("os-windows", not("windows", "os: {name: windows}\n"));
    fields.put(
        "os-selector-windows", not("windows", "nodeSelector: {kubernetes.io/os: windows}\n"));
    fields.put(
        "windows-options",
        not("windows", "securityContext: {windowsOptions: {hostProcess: false}}\n"));
    fields.put(
        "affinity-windows",
        not(
            "windows",
            """
            affinity:
              nodeAffinity:
                requiredDuringSchedulingIgnoredDuringExecution:
                  nodeSelectorTerms:
                  - matchExpressions:
                    - {key: kubernetes.io/os, operator: In, values: [windows]}
            """));
    fields.put(
        "affinity-preferred-windows",
        tapped(
            """
            affinity:
              nodeAffinity:
                preferredDuringSchedulingIgnoredDuringExecution:
                - weight: 1
                  preference: {matchExpressions: [{key: kubernetes.io/os, operator: In, values: [windows]}]}
            """));
    fields.put(
        "topology",
        tapped(
            """
            topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: kubernetes.io/hostname
              whenUnsatisfiable: ScheduleAnyway
              labelSelector: {matchLabels: {app: a}}
              matchLabelKeys: [pod-template-hash]
            """));
    fields.put(
        "resource-claims",
        tapped(
            """
            resourceClaims: [{name: gpu, resourceClaimTemplateName: gpu}]
            containers:
            - name: app
              image: registry.example/app:1
              resources: {claims: [{name: gpu}]}
            """));
    fields.put(
        "pod-level-resources",
        tapped(
            """
            resources: {requests: {cpu: 500m, memory: 512Mi}, limits: {cpu: "1", memory: 1Gi}}
            """));
    fields.put(
        "pod-level-resources-guaranteed",
        tapped(
            """
            resources: {requests: {cpu: "1", memory: 1Gi}, limits: {cpu: "1", memory: 1Gi}}
            """));
    fields.put(
        "pod-level-resources-tight",
        tapped(
            """
            resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 100m, memory: 64Mi}}
            containers:
            - name: app
              image: registry.example/app:1
              resources: {requests: {cpu: 50m, memory: 32Mi}, limits: {cpu: 50m, memory: 32Mi}}
            """));
    fields.put(
        "hugepages",
        tapped(
            """
            containers:
            - name: app
              image: registry.example/app:1
              resources: {requests: {hugepages-2Mi: 4Mi, memory: 64Mi, cpu: 1}, limits: {hugepages-2Mi: 4Mi, memory: 64Mi, cpu: 1}}
            """));
    fields.put(
        "resize-policy",
        tapped(
            """
            containers:
            - name: app
              image: registry.example/app:1
              resizePolicy: [{resourceName: cpu, restartPolicy: NotRequired}]
              resources: {requests: {cpu: 100m}}
            """));
    fields.put(
        "init-containers",
        tapped(
            """
            initContainers:
            - {name: migrate, image: "registry.example/migrate:1"}
            - {name: log, image: "registry.example/log:1", restartPolicy: Always}
            """));
    fields.put("init-containers-null", tapped("initContainers: null\n"));
    fields.put("init-containers-empty", tapped("initContainers: []\n"));
    fields.put(
        "sidecar-with-probe",
        tapped(
            """
            initContainers:
            - name: mesh
              image: registry.example/mesh:1
              restartPolicy: Always
              startupProbe: {httpGet: {path: /ready, port: 15021}}
            """));
    fields.put(
        "container-restart-rules",
        tapped(
            """
            restartPolicy: Never
            containers:
            - name: app
              image: registry.example/app:1
              restartPolicy: Never
              restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [42]}}]
            """));
    fields.put(
        "ephemeral-containers",
        alone(
            """
            containers: [{name: app, image: "registry.example/app:1"}]
            ephemeralContainers: [{name: debugger, image: "registry.example/debug:1"}]
            """));
    fields.put(
        "app-armor-of-pod",
        tapped(
            "securityContext: {appArmorProfile: {type: Localhost, localhostProfile: strict}}\n"));
    fields.put(
        "seccomp-of-pod",
        tapped("securityContext: {seccompProfile: {type: Localhost, localhostProfile: a.json}}\n"));
    fields.put(
        "selinux-of-pod",
        tapped("securityContext: {seLinuxOptions: {level: \"s0:c1,c2\", type: container_t}}\n"));
    fields.put(
        "users-of-pod",
        tapped(
            "securityContext: {runAsNonRoot: true, runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000,"
                + " supplementalGroups: [2000], supplementalGroupsPolicy: Strict,"
                + " fsGroupChangePolicy: OnRootMismatch}\n"));
    fields.put(
        "selinux-change-policy", tapped("securityContext: {seLinuxChangePolicy: Recursive}\n"));
    fields.put(
        "sysctls",
        tapped("securityContext: {sysctls: [{name: net.ipv4.tcp_syncookies, value: \"1\"}]}\n"));
    fields.put(
        "proc-mount",
        tapped(
            "hostUsers: false\ncontainers: [{name: app, image: a:1, securityContext: {procMount: Unmasked}}]\n"));
    fields.put("no-token", tapped("automountServiceAccountToken: false\n"));
    fields.put("no-service-links", tapped("enableServiceLinks: false\n"));
    fields.put("grace-zero", tapped("terminationGracePeriodSeconds: 0\n"));
    fields.put("grace-one", tapped("terminationGracePeriodSeconds: 1\n"));
    fields.put("grace-long", tapped("terminationGracePeriodSeconds: 86400\n"));
    fields.put("deadline", alone("activeDeadlineSeconds: 1\n"));
    fields.put("restart-never", alone("restartPolicy: Never\n"));
    fields.put("restart-on-failure", alone("restartPolicy: OnFailure\n"));
    fields.put(
        "dns",
        tapped(
            """
            dnsPolicy: None
            dnsConfig: {nameservers: [192.0.2.53], searches: [example.com], options: [{name: ndots, value: "2"}]}
            """));
    fields.put("host-name", tapped("hostname: a\nsubdomain: b\nsetHostnameAsFQDN: true\n"));
    fields.put("host-name-override", tapped("hostnameOverride: a.example.com\n"));
    fields.put("host-aliases", tapped("hostAliases: [{ip: 192.0.2.1, hostnames: [a]}]\n"));
    fields.put("readiness-gates", tapped("readinessGates: [{conditionType: example.com/ready}]\n"));
    fields.put(
        "overhead", tapped("runtimeClassName: kata\noverhead: {cpu: 250m, memory: 120Mi}\n"));
    fields.put("scheduler", tapped("schedulerName: other\n"));
    fields.put("node-name", tapped("nodeName: node-a\n"));
    fields.put("tolerations", tapped("tolerations: [{operator: Exists}]\n"));
    fields.put("pull-secrets", tapped("imagePullSecrets: [{name: a}]\n"));
    fields.put(
        "volumes",
        tapped(
            """
            volumes:
            - {name: image, image: {reference: "registry.example/data:1", pullPolicy: IfNotPresent}}
            - {name: claim, ephemeral: {volumeClaimTemplate: {spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}
            - {name: projected, projected: {sources: [{serviceAccountToken: {path: token, audience: a}}]}}
            - {name: csi, csi: {driver: secrets.example.com, readOnly: true}}
            """));
    fields.put(
        "hooks-and-probes",
        tapped(
            """
            containers:
            - name: app
              image: registry.example/app:1
              lifecycle: {stopSignal: SIGUSR1, preStop: {sleep: {seconds: 5}}, postStart: {exec: {command: [sh, -c, "exit 0"]}}}
              livenessProbe: {grpc: {port: 9000}, terminationGracePeriodSeconds: 5}
            os: {name: linux}
            """));
    fields.put(
        "many-containers",
        tapped(
            """
            containers:
            - {name: a, image: "a:1", ports: [{containerPort: 80, name: http}, {containerPort: 9095}]}
            - {name: b, image: "b:1", stdin: true, tty: true, workingDir: /tmp}
            - {name: c, image: "c@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
            """));
    fields.put(
        "environment",
        tapped(
            """
            containers:
            - name: app
              image: a:1
              envFrom: [{prefix: A_, configMapRef: {name: a, optional: true}}]
              env:
              - {name: B, valueFrom: {resourceFieldRef: {containerName: app, resource: limits.cpu}}}
              - {name: C, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
              - {name: D, value: "$(B) ${x} `y`"}
            """));
    fields.put(
        "name-podtap-taken",
        tapped(
            """
            initContainers:
            - {name: podtap, image: auto, restartPolicy: Always, env: [{name: EXTRA, value: "1"}]}
            """));
    fields.put("volume-named-like-ours", tapped("volumes: [{name: podtap-tls, emptyDir: {}}]\n"));
    return fields;
  }

  /** Amounts that are equal and spelled in every way: request and limit of CPU, then of memory. */
  private static List<String[]> guaranteed() {
    List<String[]> all = new ArrayList<>();
    for (String[] cpu :
        new String[][] {
          {"1", "1000m"}, {"\"1\"", "1.0"}, {"0.5", "500m"}, {"1e0", "1"}, {"1k", "1000"},
          {"5e-1", "500m"}, {"+1", "1"}, {".5", "0.5"}, {"1E0", "1"}, {"1000000u", "1"},
          {"1000000000n", "1"}
        }) {
      all.add(new String[] {cpu[0], "1Gi", cpu[1], "1024Mi"});
    }
    for (String[] memory :
        new String[][] {
          {"1Ti", "1024Gi"},
          {"1e9", "1G"},
          {"1E9", "1000M"},
          {"129e6", "129M"},
          {"128974848", "123Mi"},
          {"1Ki", "1024"},
          {"1Pi", "1024Ti"},
          {"1Ei", "1024Pi"},
          {"1E", "1000P"},
          {"1000k", "1M"},
          {"2048.0Mi", "2Gi"},
          {"128974848000m", "128974848"},
          {"0.5Gi", "512Mi"}
        }) {
      all.add(new String[] {"1", memory[0], "1", memory[1]});
    }
    return all;
  }

  private static String indented(String text, int columns) {
    String margin = " ".repeat(columns);
    StringBuilder indented = new StringBuilder();
    text.lines().forEach(line -> indented.append(margin).append(line).append('\n'));
    return indented.toString();
  }

  private static String spec(String fields, int columns) {
    boolean hasContainers = fields.lines().anyMatch(line -> line.startsWith("containers:"));
    return indented(
        fields
            + (hasContainers
                ? ""
                : "containers: [{name: app, image: \"registry.example/app:1\"}]\n"),
        columns);
  }

  private static String objectName(String name) {
    return "a-" + name.replaceAll("[^a-z0-9]+", "-").replaceAll("-$", "");
  }

  private static String pod(String name, String fields) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: "
        + objectName(name)
        + ", namespace: default}\nspec:\n"
        + spec(fields, 2);
  }

  private static String deployment(String name, String fields) {
    return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "
        + objectName(name)
        + ", namespace: default}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n"
        + "    metadata: {labels: {app: a}}\n    spec:\n"
        + spec(fields, 6);
  }

  private static final String TEMPLATE =
      "{metadata: {labels: {app: a}}, spec: {RESTART containers: [{name: app, image: \"a:1\"}]}}";

  private static UnusualWorkload kind(
      String name, String group, String kind, String spec, int taps, String word) {
    String text =
        "apiVersion: %s\nkind: %s\nmetadata: {name: a, namespace: default}\n%s\n"
            .formatted(group, kind, spec);
    return new UnusualWorkload("kind " + name, text, taps, word);
  }

  private static List<UnusualWorkload> kinds() {
    String always = TEMPLATE.replace("RESTART", "");
    String never = TEMPLATE.replace("RESTART", "restartPolicy: Never,");
    String selector = "selector: {matchLabels: {app: a}}";
    return List.of(
        kind(
            "StatefulSet",
            "apps/v1",
            "StatefulSet",
            "spec: {serviceName: a, "
                + selector
                + ", volumeClaimTemplates: [{metadata: {name: d}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}], template: "
                + always
                + "}",
            1,
            TAP),
        kind(
            "DaemonSet",
            "apps/v1",
            "DaemonSet",
            "spec: {" + selector + ", template: " + always + "}",
            1,
            TAP),
        kind(
            "ReplicaSet",
            "apps/v1",
            "ReplicaSet",
            "spec: {" + selector + ", template: " + always + "}",
            1,
            TAP),
        kind(
            "ReplicationController",
            "v1",
            "ReplicationController",
            "spec: {selector: {app: a}, template: " + always + "}",
            1,
            TAP),
        kind("PodTemplate", "v1", "PodTemplate", "template: " + always, 1, TAP),
        kind(
            "Job",
            "batch/v1",
            "Job",
            "spec: {completionMode: Indexed, completions: 2, parallelism: 2, backoffLimitPerIndex: 1, podReplacementPolicy: Failed, podFailurePolicy: {rules: [{action: Ignore, onPodConditions: [{type: DisruptionTarget, status: \"True\"}]}]}, template: "
                + never
                + "}",
            1,
            TAP),
        kind(
            "Job suspended",
            "batch/v1",
            "Job",
            "spec: {suspend: true, managedBy: example.com/queue, template: " + never + "}",
            1,
            TAP),
        kind(
            "CronJob",
            "batch/v1",
            "CronJob",
            "spec: {schedule: \"@hourly\", timeZone: Etc/UTC, jobTemplate: {spec: {template: "
                + never
                + "}}}",
            1,
            TAP),
        kind(
            "Rollout",
            "argoproj.io/v1alpha1",
            "Rollout",
            "spec: {" + selector + ", strategy: {canary: {}}, template: " + always + "}",
            1,
            TAP),
        kind(
            "Rollout with workloadRef",
            "argoproj.io/v1alpha1",
            "Rollout",
            "spec: {workloadRef: {apiVersion: apps/v1, kind: Deployment, name: b}}",
            0,
            "its pods are those of deployment/b"),
        kind(
            "DeploymentConfig",
            "apps.openshift.io/v1",
            "DeploymentConfig",
            "spec: {selector: {app: a}, template: " + always + "}",
            1,
            TAP),
        kind(
            "Knative Service",
            "serving.knative.dev/v1",
            "Service",
            "spec: {template: {spec: {containers: [{image: \"a:1\"}]}}}",
            1,
            "feature flags"),
        kind(
            "Knative Configuration",
            "serving.knative.dev/v1",
            "Configuration",
            "spec: {template: {spec: {containers: [{image: \"a:1\"}]}}}",
            1,
            "feature flags"),
        kind(
            "CronWorkflow",
            "argoproj.io/v1alpha1",
            "CronWorkflow",
            "spec: {schedule: \"* * * * *\", workflowSpec: {entrypoint: m, templates: [{name: m, container: {image: \"a:1\"}}]}}",
            0,
            "unknown-workload"),
        kind(
            "Workflow",
            "argoproj.io/v1alpha1",
            "Workflow",
            "spec: {entrypoint: m, templates: [{name: m, container: {image: \"a:1\"}}]}",
            0,
            "unknown-workload"),
        kind(
            "Workflow script",
            "argoproj.io/v1alpha1",
            "WorkflowTemplate",
            "spec: {entrypoint: m, templates: [{name: m, script: {image: \"a:1\", command: [sh], source: \"echo\"}}]}",
            0,
            "unknown-workload"),
        kind(
            "TFJob",
            "kubeflow.org/v1",
            "TFJob",
            "spec: {tfReplicaSpecs: {Worker: {replicas: 1, template: " + always + "}}}",
            0,
            "unknown-workload"),
        kind(
            "RayCluster",
            "ray.io/v1",
            "RayCluster",
            "spec: {headGroupSpec: {template: "
                + always
                + "}, workerGroupSpecs: [{template: "
                + always
                + "}]}",
            0,
            "unknown-workload"),
        kind(
            "JobSet",
            "jobset.x-k8s.io/v1alpha2",
            "JobSet",
            "spec: {replicatedJobs: [{name: a, template: {spec: {template: " + never + "}}}]}",
            0,
            "unknown-workload"),
        kind(
            "CloneSet",
            "apps.kruise.io/v1alpha1",
            "CloneSet",
            "spec: {" + selector + ", template: " + always + "}",
            0,
            "unknown-workload"),
        kind(
            "Tekton Task",
            "tekton.dev/v1",
            "Task",
            "spec: {steps: [{name: a, image: \"a:1\"}]}",
            0,
            "unknown-workload"),
        kind(
            "ScaledJob",
            "keda.sh/v1alpha1",
            "ScaledJob",
            "spec: {jobTargetRef: {template: " + never + "}}",
            0,
            "unknown-workload"),
        kind(
            "SparkApplication",
            "sparkoperator.k8s.io/v1beta2",
            "SparkApplication",
            "spec: {driver: {template: " + never + "}}",
            0,
            "unknown-workload"),
        kind(
            "Prometheus",
            "monitoring.coreos.com/v1",
            "Prometheus",
            "spec: {containers: [{name: extra, image: \"a:1\"}]}",
            0,
            "unknown-workload"),
        kind(
            "ConfigMap with a pod in text",
            "v1",
            "ConfigMap",
            "data: {pod.yaml: \"kind: Pod\\nspec: {containers: []}\\n\"}",
            0,
            ""),
        kind(
            "Service of the core",
            "v1",
            "Service",
            "spec: {selector: {app: a}, ports: [{port: 80}]}",
            0,
            ""));
  }

  private static List<UnusualWorkload> texts() {
    String pod =
        "{apiVersion: v1, kind: Pod, metadata: {name: NAME, namespace: default}, spec: {containers: [{name: a, image: \"a:1\"}]}}";
    String json =
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"NAME\",\"namespace\":\"default\"},\"spec\":{\"containers\":[{\"name\":\"a\",\"image\":\"a:1\"}]}}";
    String block =
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: NAME\n  namespace: default\nspec:\n  containers:\n  - name: a\n    image: a:1\n";
    return List.of(
        new UnusualWorkload("text flow", pod.replace("NAME", "a") + '\n', 1, TAP),
        new UnusualWorkload(
            "text without line end", block.replace("NAME", "a").stripTrailing(), 1, TAP),
        new UnusualWorkload(
            "text List",
            "apiVersion: v1\nkind: List\nitems:\n- "
                + pod.replace("NAME", "a")
                + "\n- "
                + pod.replace("NAME", "b")
                + '\n',
            2,
            TAP),
        new UnusualWorkload(
            "text PodList",
            "apiVersion: v1\nkind: PodList\nitems:\n- " + pod.replace("NAME", "a") + '\n',
            1,
            TAP),
        new UnusualWorkload(
            "text typed items without kind",
            "apiVersion: v1\nkind: PodList\nitems:\n- {metadata: {name: a, namespace: default}, spec: {containers: [{name: a, image: \"a:1\"}]}}\n",
            1,
            TAP),
        new UnusualWorkload(
            "text List of Lists",
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: List\n  items:\n  - "
                + pod.replace("NAME", "a")
                + '\n',
            1,
            TAP),
        new UnusualWorkload(
            "text List of nothing", "apiVersion: v1\nkind: List\nitems: []\n", 0, ""),
        new UnusualWorkload(
            "text JSON lines",
            json.replace("NAME", "a") + '\n' + json.replace("NAME", "b") + '\n',
            2,
            TAP),
        new UnusualWorkload(
            "text JSON in a row", json.replace("NAME", "a") + json.replace("NAME", "b"), 2, TAP),
        new UnusualWorkload(
            "text JSON in YAML documents",
            "---\n" + json.replace("NAME", "a") + "\n---\n" + json.replace("NAME", "b") + '\n',
            2,
            TAP),
        new UnusualWorkload(
            "text empty documents",
            "---\n---\n# nothing\n---\n" + block.replace("NAME", "a") + "---\n...\n---\n",
            1,
            TAP),
        new UnusualWorkload(
            "text directive", "%YAML 1.2\n---\n" + block.replace("NAME", "a"), 1, TAP),
        new UnusualWorkload(
            "text carriage returns", block.replace("NAME", "a").replace("\n", "\r\n"), 1, TAP),
        new UnusualWorkload("text byte order mark", "\uFEFF" + block.replace("NAME", "a"), 1, TAP),
        new UnusualWorkload(
            "text anchors",
            "x: &image a:1\n".repeat(0)
                + block.replace("NAME", "&n a").replace("- name: a", "- name: *n"),
            1,
            TAP),
        new UnusualWorkload(
            "text keys quoted",
            "\"apiVersion\": 'v1'\n'kind': \"Pod\"\n\"metadata\": {\"name\": 'a', namespace: default}\n'spec':\n  \"containers\":\n    - \"name\": 'a'\n      'image': \"a:1\"\n",
            1,
            TAP),
        new UnusualWorkload(
            "text keys in any order",
            "spec:\n  containers:\n  - image: a:1\n    name: a\nmetadata: {namespace: default, name: a}\nkind: Pod\napiVersion: v1\n",
            1,
            TAP),
        new UnusualWorkload(
            "text dash on its own line",
            block
                .replace("NAME", "a")
                .replace("  - name: a\n    image", "  -\n    name: a\n    image"),
            1,
            TAP),
        new UnusualWorkload(
            "text comments everywhere",
            block
                    .replace("NAME", "a # b")
                    .replace("spec:\n", "spec: # c\n  # d\n")
                    .replace("containers:\n", "containers: # e\n  # f\n")
                + "  # g\n# h\n",
            1,
            TAP),
        new UnusualWorkload(
            "text block scalars",
            block.replace("NAME", "a")
                + "    args:\n    - |\n      line: one\n      - two\n    - >-\n      folded\n      text\n",
            1,
            TAP),
        new UnusualWorkload(
            "text wide indentation",
            "apiVersion: v1\nkind: Pod\nmetadata:\n        name: a\n        namespace: default\nspec:\n        containers:\n                - name: a\n                  image: a:1\n",
            1,
            TAP),
        new UnusualWorkload(
            "text unicode",
            block.replace("NAME", "a")
                + "    args: [\"\u00e4\ud83d\ude80\", '\u4f60\u597d', \"\\u00e9\\t\"]\n",
            1,
            TAP),
        new UnusualWorkload(
            "text annotations null",
            block.replace("NAME", "a\n  annotations:").replace("spec:", "spec:"),
            1,
            TAP),
        new UnusualWorkload(
            "text annotations empty", block.replace("NAME", "a\n  annotations: {}"), 1, TAP),
        new UnusualWorkload("text document end", block.replace("NAME", "a") + "...\n", 1, TAP),
        new UnusualWorkload(
            "text tabs after values",
            block.replace("NAME", "a\t").replace("a:1", "a:1\t# t"),
            1,
            TAP));
  }
}
