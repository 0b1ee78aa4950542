/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.testing.RealApiServer;
import io.podtap.injector.cluster.RefusedException;
import io.podtap.injector.testing.Eventually.Action;
import io.podtap.injector.tree.JsonText;
import io.podtap.injector.tree.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Role or ClusterRole in a real API server, to see what fails without one of its verbs.
 *
 * @param path of the object
 */
public record Role(RealApiServer server, String path) {

  private static final String RBAC = "/apis/rbac.authorization.k8s.io/v1/";

  /** Returns a ClusterRole. */
  public static Role ofCluster(RealApiServer server, String name) {
    return new Role(server, RBAC + "clusterroles/" + name);
  }

  /** Returns a Role of namespace podtap. */
  public static Role ofPodtap(RealApiServer server, String name) {
    return new Role(server, RBAC + "namespaces/podtap/roles/" + name);
  }

  /**
   * Takes a verb out of the resource's rules and gives it back. Each change is waited for until the
   * authorizer knows it.
   */
  public void without(String verb, String resource, Action action) throws Exception {
    List<@Nullable Object> rules =
        Tree.list(Tree.at(JsonText.read(server.ask("GET", path, "").body()), "rules"));
    List<@Nullable Object> fewer = new ArrayList<>();
    List<String> reviews = new ArrayList<>();
    for (Object rule : rules) {
      List<@Nullable Object> verbs = new ArrayList<>(Tree.list(Tree.at(rule, "verbs")));
      if (Tree.list(Tree.at(rule, "resources")).contains(resource) && verbs.remove(verb)) {
        reviews.add(review(verb, resource, rule));
      }
      Map<String, @Nullable Object> changed = new LinkedHashMap<>(Tree.map(rule));
      changed.put("verbs", verbs);
      if (!verbs.isEmpty()) {
        fewer.add(changed);
      }
    }
    assertThat(fewer).as(verb + ' ' + resource).isNotEqualTo(rules);
    write(fewer);
    for (String review : reviews) {
      Eventually.await(() -> !isAllowed(review));
    }
    action.run();
    write(rules);
    for (String review : reviews) {
      Eventually.await(() -> isAllowed(review));
    }
  }

  /** The same; the action must be refused with these words. */
  public void refuses(String verb, String resource, String words, Action action) throws Exception {
    without(
        verb,
        resource,
        () ->
            assertThatThrownBy(action::run)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(words));
  }

  private void write(List<@Nullable Object> rules) throws Exception {
    server.patch(path, JsonText.write(Map.of("rules", rules)));
  }

  /** Returns the question whether the role's first subject may do what a rule allows. */
  private String review(String verb, String resource, @Nullable Object rule) throws Exception {
    Object binding = binding();
    Object subject = Tree.list(Tree.at(binding, "subjects")).getFirst();
    String user =
        Tree.text(subject, "kind").equals("ServiceAccount")
            ? "system:serviceaccount:"
                + Tree.text(subject, "namespace")
                + ':'
                + Tree.text(subject, "name")
            : Tree.text(subject, "name");
    int slash = resource.indexOf('/');
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("verb", verb);
    attributes.put("group", String.valueOf(Tree.list(Tree.at(rule, "apiGroups")).getFirst()));
    attributes.put("resource", slash < 0 ? resource : resource.substring(0, slash));
    attributes.put("subresource", slash < 0 ? "" : resource.substring(slash + 1));
    attributes.put("namespace", Tree.text(binding, "metadata", "namespace"));
    List<@Nullable Object> names = Tree.list(Tree.at(rule, "resourceNames"));
    attributes.put("name", names.isEmpty() ? "" : String.valueOf(names.getFirst()));
    return JsonText.write(Map.of("spec", Map.of("user", user, "resourceAttributes", attributes)));
  }

  /** Returns the first binding of the role, in a namespace or in all of them. */
  private Object binding() throws Exception {
    String kind = path.contains("/clusterroles/") ? "ClusterRole" : "Role";
    String name = path.substring(path.lastIndexOf('/') + 1);
    for (String bindings : List.of("clusterrolebindings", "rolebindings")) {
      String all = server.ask("GET", RBAC + bindings, "").body();
      for (Object binding : Tree.list(Tree.at(JsonText.read(all), "items"))) {
        if (Tree.text(binding, "roleRef", "name").equals(name)
            && Tree.text(binding, "roleRef", "kind").equals(kind)) {
          return Objects.requireNonNull(binding);
        }
      }
    }
    throw new IllegalStateException(path + " is not bound");
  }

  private boolean isAllowed(String review) throws Exception {
    String answer =
        server.ask("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", review).body();
    return Boolean.TRUE.equals(Tree.at(JsonText.read(answer), "status", "allowed"));
  }
}
