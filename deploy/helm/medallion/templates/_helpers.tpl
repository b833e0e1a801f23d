{{- define "medallion.labels" -}}
app.kubernetes.io/name: medallion
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "medallion.selector" -}}
app.kubernetes.io/name: medallion
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Each layer has a port of its own: on a volume all three share one pod. */}}
{{- define "medallion.port" -}}
{{- get (dict "bronze" 9404 "silver" 9405 "gold" 9406) . -}}
{{- end }}

{{- define "medallion.image" -}}
{{ required "image.repository: where you pushed the image of deploy/Dockerfile" .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "medallion.lakePath" -}}
{{- if .Values.lake.volume.enabled -}}
{{ .Values.lake.path | default "/data/lake" }}
{{- else -}}
{{ required "lake.path: s3a://bucket/lake, or set lake.volume.enabled" .Values.lake.path }}
{{- end -}}
{{- end }}

{{- define "medallion.claim" -}}
{{ .Values.lake.volume.existingClaim | default (printf "%s-lake" .Release.Name) }}
{{- end }}

{{/* What every pod is allowed, and where it may run. */}}
{{- define "medallion.pod" -}}
serviceAccountName: {{ .Release.Name }}
automountServiceAccountToken: {{ .Values.serviceAccount.automountToken }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 185
  runAsGroup: 185
  fsGroup: 185
  # Else each start would change the owner of every file of the lake.
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: tmp
    emptyDir: {}
  - name: settings
    configMap: {name: {{ .Release.Name }}-settings}
{{- if .Values.lake.volume.enabled }}
  - name: lake
    persistentVolumeClaim: {claimName: {{ include "medallion.claim" . }}}
{{- end }}
{{- with .Values.geoip.volume }}
  - name: geoip
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}

{{/* What every container has. */}}
{{- define "medallion.container" -}}
image: {{ include "medallion.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
volumeMounts:
  - {name: tmp, mountPath: /tmp}
  - {name: settings, mountPath: /etc/medallion, readOnly: true}
{{- if .Values.lake.volume.enabled }}
  - {name: lake, mountPath: /data}
{{- end }}
{{- if .Values.geoip.volume }}
  - {name: geoip, mountPath: /geoip, readOnly: true}
{{- end }}
{{- with .Values.envFrom }}
envFrom: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* One of the passwords: list of root, variable, key. */}}
{{- define "medallion.password" -}}
- name: {{ index . 1 }}
  valueFrom:
    secretKeyRef:
      name: {{ required "postgres.existingSecret: a Secret with the keys owner, writer and reader" (index . 0).Values.postgres.existingSecret }}
      key: {{ index . 2 }}
{{- end }}

{{/* A layer's container: list of root, layer. */}}
{{- define "medallion.layer" -}}
{{- $root := index . 0 }}
{{- $layer := index . 1 }}
{{- $values := index $root.Values.layers $layer -}}
- name: {{ $layer }}
  {{- include "medallion.container" $root | nindent 2 }}
  command:
    - /opt/spark/bin/spark-submit
    - --master=local[{{ $values.cores }}]
    - --driver-memory={{ $values.heap }}
    - --driver-java-options=-XX:+UseParallelGC -Dlog4j2.configurationFile=/opt/medallion/log4j2.xml
    - --class=io.medallion.{{ $layer }}.{{ title $layer }}Job
    - /opt/medallion/medallion-{{ $layer }}.jar
    - --config=/etc/medallion/medallion.properties
  env:
    - {name: MEDALLION_METRICS_HOST, value: 0.0.0.0}
    - {name: MEDALLION_METRICS_PORT, value: {{ include "medallion.port" $layer | quote }}}
    {{- if eq $layer "gold" }}
    {{- include "medallion.password" (list $root "MEDALLION_POSTGRES_PASSWORD" "writer") | nindent 4 }}
    {{- include "medallion.password" (list $root "MEDALLION_POSTGRES_OWNER_PASSWORD" "owner") | nindent 4 }}
    {{- end }}
  ports:
    - {name: {{ $layer }}, containerPort: {{ include "medallion.port" $layer }}}
  startupProbe:
    httpGet: {path: /healthz, port: {{ $layer }}}
    periodSeconds: 5
    failureThreshold: 60
  livenessProbe:
    httpGet: {path: /healthz, port: {{ $layer }}}
    periodSeconds: 20
    timeoutSeconds: 5
    failureThreshold: 3
  readinessProbe:
    httpGet: {path: /readyz, port: {{ $layer }}}
    periodSeconds: 10
    timeoutSeconds: 5
  resources: {{ toYaml $values.resources | nindent 4 }}
{{- end }}

{{/* A pod that runs one command and ends: dict of root, name, heap, resources, arguments. */}}
{{- define "medallion.command" -}}
restartPolicy: Never
{{ include "medallion.pod" .root }}
{{- if .root.Values.lake.volume.enabled }}
affinity:
  # The volume, and the locks on it, are one machine's.
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "medallion.selector" .root | nindent 12 }}
            app.kubernetes.io/component: layers
{{- end }}
containers:
  - name: {{ .name }}
    {{- include "medallion.container" .root | nindent 4 }}
    command: [/opt/medallion/bin/medallion]
    args: {{ toJson (append .arguments "--config=/etc/medallion/medallion.properties") }}
    env:
      - {name: MEDALLION_HEAP, value: {{ .heap }}}
      - {name: MEDALLION_JAVA_OPTS, value: "-Dspark.master=local[2]"}
      {{- include "medallion.password" (list .root "MEDALLION_POSTGRES_PASSWORD" "writer") | nindent 6 }}
      {{- include "medallion.password" (list .root "MEDALLION_POSTGRES_READER_PASSWORD" "reader") | nindent 6 }}
    resources: {{ toYaml .resources | nindent 6 }}
{{- end }}
