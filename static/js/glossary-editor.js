// Wagtail's editor: mark a word and choose its meaning from the glossary.
(() => {
  "use strict";
  const { draftail, React, DraftJS } = window;
  const TYPE = "GLOSSARY";

  class GlossarySource extends draftail.ModalWorkflowSource {
    getChooserConfig(entity, selectedText) {
      return {
        url: this.props.entityType.chooserUrls.glossary,
        urlParams: selectedText ? { q: selectedText.trim() } : {},
        onload: window.CHOOSER_MODAL_ONLOAD_HANDLERS,
        responses: { chosen: this.onChosen },
      };
    }

    filterEntityData(chosen) {
      return { id: chosen.id, term: chosen.string };
    }

    // Wagtail's own way makes entities of unknown kinds without saying that their text may be changed.
    onChosen(chosen) {
      const { editorState, entityType, onComplete } = this.props;
      const content = editorState.getCurrentContent();
      const selection = editorState.getSelection();
      const key = content
        .createEntity(entityType.type, "MUTABLE", this.filterEntityData(chosen))
        .getLastCreatedEntityKey();
      const next = selection.isCollapsed()
        ? DraftJS.EditorState.push(
            editorState,
            DraftJS.Modifier.replaceText(content, selection, chosen.string, null, key),
            "insert-characters",
          )
        : DraftJS.RichUtils.toggleLink(editorState, selection, key);
      this.workflow.close();
      onComplete(next);
    }
  }

  const GlossaryWord = (props) => {
    const data = props.contentState.getEntity(props.entityKey).getData();
    return React.createElement(draftail.TooltipEntity, {
      ...props,
      icon: React.createElement(window.wagtail.components.Icon, {
        name: data.term ? "info-circle" : "warning",
      }),
      label: data.term || "?",
    });
  };

  draftail.registerPlugin({ type: TYPE, source: GlossarySource, decorator: GlossaryWord }, "entityTypes");
})();
