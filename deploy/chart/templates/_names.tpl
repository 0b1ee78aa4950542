{{/* The tap's image; a program with a heap of its own has an image of its own, with its name at the end. */}}
{{- define "podtap.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "podtap.sensorImage" -}}
{{ .Values.image.repository }}-sensor:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "podtap.webhookImage" -}}
{{ .Values.image.repository }}-webhook:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "podtap.labels" -}}
app.kubernetes.io/name: podtap
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* Where taps send. A usual port is left out: then a pod's annotations may choose the other transport. */}}
{{- define "podtap.sensor" -}}
{{- $port := int .Values.sensor.port -}}
{{- $usual := ternary 4789 6081 (eq .Values.sensor.encapsulation "vxlan") -}}
{{- if .Values.tap.tls.secret -}}
{{- if and .Values.sensor.enabled (not .Values.tap.sensor) (not .Values.sensor.tls.secret) -}}
{{- fail "tap.tls.secret is set and sensor.tls.secret is not: taps would send over TLS to a sensor that does not listen to it" -}}
{{- end -}}
{{- $port = int .Values.sensor.tls.port -}}
{{- $usual = 6343 -}}
{{- end -}}
{{- $suffix := ternary "" (printf ":%d" $port) (eq $port $usual) -}}
{{ .Values.tap.sensor | default (printf "dns:podtap-sensor.%s.svc.cluster.local.%s" .Release.Namespace $suffix) }}
{{- end }}

{{/* What PodSecurity's restricted level asks of a container that needs nothing. */}}
{{- define "podtap.securityContext" -}}
allowPrivilegeEscalation: false
capabilities:
  drop: [ALL]
readOnlyRootFilesystem: true
{{- end }}

{{- define "podtap.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}
