"""Programs come to databases as IAM roles; the master's password is Secrets Manager's."""

from collections.abc import Iterator

from compliance.reading import databases
from compliance.reading.checks import expect, look, problem
from compliance.resources import Resource
from compliance.rule import Context, Problem, Rule, Topic
from compliance.text import Text

# Secrets Manager's own reference: CloudFormation fetches the value when it deploys.
DYNAMIC = "{{resolve:secretsmanager:"
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
WITH_IAM = ("aurora", "mariadb", "mysql", "postgres")


def _check(database: Resource, _: Context) -> Iterator[Problem]:
    if str(look(database, "Engine", "")).startswith(WITH_IAM):
        yield from expect(database, "EnableIAMDatabaseAuthentication", True)
    password = look(database, "MasterUserPassword")
    if password is not None and not str(password).startswith(DYNAMIC):
        yield problem("", "MasterUserPassword", "stands in the template")


RULE = Rule(
    id="IRYO-RDS-ACCESS",
    title=Text(
        "Databases know IAM, and no password stands in a template",
        "データベースが IAM 認証を使い、テンプレートにパスワードがない",
    ),
    remedy=Text(
        "Set iam_authentication=True, and credentials from a generated secret.",
        "iam_authentication=True とし、資格情報は生成したシークレットから取る。",
    ),
    topic=Topic.AUTHENTICATION,
    types=(
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
    ),
    check=_check,
    applies=databases.on_its_own,
)
