"""What people may do in MLflow: track experiments and models; nobody deletes any.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemakerwithmlflow.html
"""

_READ = (
    *("AccessUI", "GetExperiment", "GetExperimentByName", "SearchExperiments", "GetRun"),
    *("SearchRuns", "ListArtifacts", "GetMetricHistory", "GetRegisteredModel", "GetModelVersion"),
    *("GetModelVersionByAlias", "GetLatestModelVersions", "SearchRegisteredModels"),
    *("SearchModelVersions", "GetDownloadURIForModelVersionArtifacts", "GetLoggedModel"),
    *("SearchLoggedModels", "ListLoggedModelArtifacts"),
)
_WRITE = (
    *("CreateExperiment", "UpdateExperiment", "SetExperimentTag", "CreateRun", "UpdateRun"),
    *("LogMetric", "LogParam", "LogBatch", "LogModel", "LogInputs", "LogOutputs", "SetTag"),
    *("DeleteTag", "CreateRegisteredModel", "UpdateRegisteredModel", "CreateModelVersion"),
    *("UpdateModelVersion", "SetModelVersionTag", "SetRegisteredModelTag", "FinalizeLoggedModel"),
    *("LogLoggedModelParams", "SetLoggedModelTags"),
)
READ_WRITE = tuple(f"sagemaker-mlflow:{action}" for action in (*_READ, *_WRITE))
