"""The line of a template on which a resource, or one of its properties, stands."""

from pathlib import Path

from cloudformation_validate import TemplateModel


class Lines:
    """Finds lines in the templates of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._models: dict[str, TemplateModel] = {}

    def of(self, template: str, logical_id: str, property_path: str = "") -> int:
        """Return the line, counted from 1; that of the resource when the property is not there.

        1 when the template has no such resource.
        """
        if not template or not logical_id:
            return 1
        model = self._models.get(template)
        if model is None:
            model = self._models[template] = TemplateModel(self._folder / template)
        resource = f"Resources/{logical_id}"
        named = property_path.strip("/").replace(".", "/")
        inside = (f"{resource}/Properties/{named}", f"{resource}/{named}") if named else ()
        for path in (*inside, resource):
            if (span := model.source_location(path)) is not None:
                return int(span.start_line)
        return 1
